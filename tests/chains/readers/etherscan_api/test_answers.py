"""What the explorer's answers mean, errors inside 200 answers included."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.http_client import BadAnswerError, ComeBackLaterError
from qiyafa.chains.readers.etherscan_api.answers import proxy_result_in, rows_in
from qiyafa.model.errors import InvalidInput, QiyafaError, Unavailable


def said(result: object, *, status: str = "0", message: str = "NOTOK") -> bytes:
    return json.dumps({"status": status, "message": message, "result": result}).encode()


def test_rows_and_nothing_found() -> None:
    assert rows_in(said([{"hash": "0x1"}], status="1", message="OK")) == [{"hash": "0x1"}]
    assert rows_in(said([], message="No transactions found")) == []
    assert rows_in(said([], status="1", message="OK")) == []


@pytest.mark.parametrize(
    ("result", "meaning", "key"),
    [
        ("Max rate limit reached, please use API Key for higher rate limit", ComeBackLaterError, None),
        ("Max calls per sec rate limit reached (3/sec)", ComeBackLaterError, None),
        ("Too many invalid api key attempts, please try again later", ComeBackLaterError, None),
        ("Invalid API Key (#err2)|", InvalidInput, "pull.error.api_key"),
        ("Missing/Invalid API Key", InvalidInput, "pull.error.api_key"),
        ("Missing or unsupported chainid parameter (required for v2 api)", Unavailable, "pull.error.chain_not_served"),
        ("Free API access is not supported for this chain", Unavailable, "pull.error.chain_not_served"),
        ("Query Timeout occured. Please select a smaller result dataset", BadAnswerError, "pull.problem.refused"),
        ("Result window is too large, PageNo x Offset size must be less than or equal to 10000", BadAnswerError,
         "pull.problem.refused"),
        ("Error! Invalid address format", BadAnswerError, "pull.problem.refused"),
        (None, BadAnswerError, "pull.problem.refused"),
        ([], BadAnswerError, "pull.problem.refused"),
    ],
)  # fmt: skip
def test_errors_inside_200_answers(result: object, meaning: type[Exception], key: str | None) -> None:
    with pytest.raises(meaning) as refused:
        rows_in(said(result))
    assert type(refused.value) is meaning
    assert key is None or refused.value.key == key


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"<!DOCTYPE html><html>Just a moment...</html>", "pull.problem.no_json"),
        (b"", "pull.problem.no_json"),
        (b'{"status":"1","message":"OK","result":[{"hash":"0x', "pull.problem.no_json"),
        (b'{"status":"1","status":"0","result":[]}', "pull.problem.no_json"),
        (b"[" * 100_000, "pull.problem.no_json"),
        (b"[]", "pull.problem.shape"),
        (b'"fine"', "pull.problem.shape"),
        (b'{"status":"1"}', "pull.problem.shape"),
        (b'{"result":{"hash":"0x1"}}', "pull.problem.refused"),
    ],
)
def test_what_is_no_answer_is_named(body: bytes, key: str) -> None:
    for read in (rows_in, proxy_result_in):
        with pytest.raises(BadAnswerError) as refused:
            read(body)
        assert refused.value.key == key


def test_an_answer_cut_at_any_byte_is_no_answer() -> None:
    body = said([{"hash": "0x1", "value": "5"}], status="1", message="OK")
    for size in range(len(body)):
        with pytest.raises(BadAnswerError):
            rows_in(body[:size])


def test_the_proxy_gives_a_nodes_result_or_the_explorers_refusal() -> None:
    assert proxy_result_in(b'{"jsonrpc":"2.0","id":83,"result":"0x10"}') == "0x10"
    assert proxy_result_in(b'{"jsonrpc":"2.0","id":83,"result":null}') is None
    with pytest.raises(BadAnswerError):
        proxy_result_in(b'{"jsonrpc":"2.0","id":83,"error":{"code":-32602,"message":"invalid argument"}}')
    with pytest.raises(ComeBackLaterError):
        proxy_result_in(said("Max rate limit reached"))


@given(
    st.binary(max_size=100)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_answer_is_rows_or_a_named_problem(body: bytes) -> None:
    try:
        assert isinstance(rows_in(body), list)
    except (BadAnswerError, ComeBackLaterError, QiyafaError):
        return
