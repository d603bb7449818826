"""What an answer of the explorer says: rows, nothing, come back later, or a refusal.

Every answer is HTTP 200 with `status`, `message` and `result`; errors are `status` 0 with the reason as the result
(https://docs.etherscan.io/resources/common-error-messages). The module `proxy` answers in JSON-RPC's form, errors
of the explorer excepted.
"""

from qiyafa.chains.http_client import BadAnswerError, ComeBackLaterError
from qiyafa.chains.strict_json import StrictJsonError, strict_json
from qiyafa.model.errors import InvalidInput, Unavailable

_LONGEST_REASON = 300
_WAIT = ("rate limit", "too many invalid api key", "server too busy")
_KEY = ("invalid api key", "missing/invalid api key", "missing api key")
_CHAIN = ("chainid", "not supported for this chain", "supported chain")


def rows_in(body: bytes) -> list[object]:
    """Return the rows of a list; none where the explorer says that there are none.

    Raises BadAnswerError, ComeBackLaterError, or a QiyafaError where asking again is of no use.
    """
    answer = _answer_in(body)
    result = answer.get("result")
    if isinstance(result, list) and (result or _says_nothing_found(answer)):
        return result
    raise _refusal(answer)


def proxy_result_in(body: bytes) -> object:
    """Return the result of a question that the explorer passes on to a node. Raises like `rows_in`."""
    answer = _answer_in(body)
    if "jsonrpc" in answer and "error" not in answer:
        return answer.get("result")
    raise _refusal(answer)


def _answer_in(body: bytes) -> dict[str, object]:
    try:
        answer = strict_json(body)
    except StrictJsonError as error:
        raise BadAnswerError("pull.problem.no_json", reason=str(error)) from error
    if not isinstance(answer, dict) or not {"result", "error"} & set(answer):
        raise BadAnswerError("pull.problem.shape")
    return answer


def _says_nothing_found(answer: dict[str, object]) -> bool:
    return str(answer.get("status", "1")) == "1" or str(answer.get("message", "")).startswith("No ")


def _refusal(answer: dict[str, object]) -> Exception:
    said = answer.get("result") or answer.get("error") or answer.get("message") or ""
    reason = f"{answer.get('message', '')}: {said}".removeprefix(": ")[:_LONGEST_REASON]
    words = reason.lower()
    if any(hint in words for hint in _WAIT):
        return ComeBackLaterError(reason)
    if any(hint in words for hint in _KEY):
        return InvalidInput("pull.error.api_key", reason=reason)
    if any(hint in words for hint in _CHAIN):
        return Unavailable("pull.error.chain_not_served", reason=reason)
    return BadAnswerError("pull.problem.refused", reason=reason)
