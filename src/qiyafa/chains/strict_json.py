"""JSON from outside, read as strictly as evidence needs.

Python's own reader takes the last of two equal keys, turns 1e400 into infinity and knows NaN. Here equal keys are
refused, and a number that is not whole stays the text it was, so that no amount ever passes through a float.
"""

import json

_LONGEST_REASON = 200


class StrictJsonError(ValueError):
    """A text that is no JSON, or JSON that says one thing twice; its text says why."""


def strict_json(body: bytes) -> object:
    """Return the value in a JSON text; numbers with a point or an exponent are texts. Raises StrictJsonError."""
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_without_twins, parse_float=str, parse_constant=str)
    except StrictJsonError:
        raise
    except RecursionError as error:
        raise StrictJsonError("nested too deeply") from error
    except ValueError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StrictJsonError(reason[:_LONGEST_REASON]) from error


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise StrictJsonError(f"the key {twin[:_LONGEST_REASON]!r} stands there twice")
    return found
