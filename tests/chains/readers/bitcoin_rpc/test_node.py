"""A real node is asked, directly and through a proxy that lies."""

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from tests.support.litecoind import CoreLikeNode, running_node
from tests.support.proxy import Answer, Proxy, proxy_before

from qiyafa.chains.readers.bitcoin_rpc.client import Patience
from qiyafa.chains.readers.bitcoin_rpc.node import CoreNode, core_node
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.text import text

IMPATIENT = Patience(attempts=2, first_wait_s=0, timeout_s=20, answer_bytes=1 << 20)


def opened(url: str, cookie: Path | None = None, patience: Patience = IMPATIENT) -> CoreNode:
    return core_node(url, lambda seconds: None, cookie=cookie, patience=patience)


def authorization(core: CoreLikeNode) -> str:
    return "Basic " + base64.b64encode(core.cookie.read_bytes()).decode()


def blocks_of(node: CoreNode, last: int) -> list[bytes]:
    hashes = node.block_hashes(0, last)
    return [node.raw_block(number, hash_).content for number, hash_ in enumerate(hashes) if hash_]


def without_rest(asked: str, answer: Answer) -> Answer:
    return Answer(404, b"") if asked.startswith("/rest") else answer


def test_chain_head_and_hashes_are_those_of_the_node(core: CoreLikeNode) -> None:
    with opened(core.url, core.cookie) as node:
        assert node.chain() == core.program.chain
        number, hash_ = node.head()
        assert (number, hash_) == (core.height(), core.rpc("getbestblockhash"))
        assert node.block_hashes(number - 1, number + 2) == [core.rpc("getblockhash", number - 1), hash_, None, None]
        assert node.first_kept() == 0


def test_blocks_are_the_same_by_rest_and_by_rpc(core: CoreLikeNode) -> None:
    last = core.height()
    with opened(core.url, core.cookie) as node:
        by_rest = blocks_of(node, last)
    with proxy_before(core.url, authorization(core)) as proxy, opened(proxy.url) as node:
        proxy.twist = without_rest
        assert blocks_of(node, last) == by_rest
    assert [sha256(sha256(block[:80]).digest()).digest()[::-1].hex() for block in by_rest] == [
        core.rpc("getblockhash", number) for number in range(last + 1)
    ]


def test_what_a_block_spends_is_told_by_those_who_know(core: CoreLikeNode) -> None:
    number = core.height() - 1
    with opened(core.url, core.cookie) as node:
        block = node.raw_block(number, core.rpc("getblockhash", number))
        spent = node.spent_by(block)
    with proxy_before(core.url, authorization(core)) as proxy, opened(proxy.url) as node:
        proxy.twist = lambda asked, answer: Answer(404, b"") if "spenttxouts" in asked else answer
        in_words = node.spent_by(block)
    transactions = core.rpc("getblock", block.hash, 2)["tx"]
    inputs = sum("coinbase" not in one for transaction in transactions for one in transaction["vin"])
    assert inputs > 0
    assert spent == in_words
    if core.program.gives_prevouts:
        assert spent is not None
        assert len(spent) >= 9 * inputs
    else:
        assert spent is None


def test_a_reorganization_shows_as_other_hashes(tmp_path: Path) -> None:
    with running_node(tmp_path / "node") as core, opened(core.url, core.cookie) as node:
        core.mine(12)
        before = node.block_hashes(0, 14)
        core.replace_last(5, 7)
        after = node.block_hashes(0, 14)
    changed = [number for number in range(15) if before[number] != after[number]]
    assert changed == [8, 9, 10, 11, 12, 13, 14]
    assert before[13:] == [None, None]


@pytest.mark.parametrize("login", ["", "nobody:wrong@", ":@"])
def test_a_wrong_login_is_said_without_it(core: CoreLikeNode, login: str) -> None:
    with opened(f"http://{login}127.0.0.1:{core.rpc_port}") as node, pytest.raises(InvalidInput) as refused:
        node.head()
    sentence = text(refused.value.key, **refused.value.fields)
    assert refused.value.key == "core_node.error.login"
    assert "wrong" not in sentence


def test_the_login_may_stand_in_the_url_and_is_never_shown(core: CoreLikeNode) -> None:
    user, _, password = core.cookie.read_text().partition(":")
    with opened(f"http://{user}:{password}@127.0.0.1:{core.rpc_port}/") as node:
        assert node.head()[0] == core.height()
        assert node.shown_url == f"http://127.0.0.1:{core.rpc_port}"
        assert password not in repr(node)


def test_a_cookie_file_that_is_none_is_refused(core: CoreLikeNode, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        opened(core.url, tmp_path / "missing")
    for content in ("", "no colon", "a:b\nc"):
        (tmp_path / "cookie").write_text(content)
        with pytest.raises(InvalidInput):
            opened(core.url, tmp_path / "cookie")
    for url in ("", "127.0.0.1:8332", "ftp://x", "http://[", "http://h:99999999"):
        with pytest.raises(InvalidInput):
            opened(url)


def test_a_node_that_is_not_there_is_said_with_its_address(tmp_path: Path) -> None:
    with opened("http://127.0.0.1:1/secret-key") as node, pytest.raises(Unavailable) as failed:
        node.head()
    sentence = text(failed.value.key, **failed.value.fields)
    assert "http://127.0.0.1:1 " in sentence
    assert "secret" not in sentence


def always(status: int, body: bytes, claimed_length: int | None = None) -> Callable[[str, Answer], Answer]:
    return lambda asked, answer: Answer(status, body, claimed_length)


@pytest.mark.parametrize(
    ("lie", "key"),
    [
        (always(200, b"<html>Welcome</html>"), "core_node.error.not_json"),
        (always(502, b"<html>Bad gateway</html>"), "core_node.error.status"),
        (always(404, b"<html>Not found</html>"), "core_node.error.status"),
        (always(301, b""), "core_node.error.status"),
        (always(200, b""), "core_node.error.not_json"),
        (always(200, b"null"), "core_node.error.misshapen"),
        (always(200, b"[]"), "core_node.error.misshapen"),
        (always(200, b"1e400"), "core_node.error.misshapen"),
        (always(200, b"[" * 100_000), "core_node.error.not_json"),
        (always(200, b'{"result":null,"error":null,"id":0}'), "core_node.error.misshapen"),
        (always(200, b'{"result":{},"error":null,"id":0}'), "core_node.error.misshapen"),
        (always(200, b'{"result":{},"error":null,"id":7}'), "core_node.error.misshapen"),
        (always(200, b'{"result":{"blocks":1e400},"error":null,"id":0}'), "core_node.error.misshapen"),
        (always(200, b'{"result":{"blocks":1,"blocks":2},"error":null,"id":0}'), "core_node.error.not_json"),
        (always(200, b'{"result":null,"error":"no","id":0}'), "core_node.error.refused"),
        (always(500, b'{"result":null,"error":{"code":-1,"message":"\\u202eno"},"id":0}'), "core_node.error.refused"),
        (always(200, b'{"result":', claimed_length=5000), "core_node.error.unreachable"),
        (always(200, b" " * (2 << 20)), "core_node.error.too_large"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_ends_with_a_sentence(
    core: CoreLikeNode, lie: Callable[[str, Answer], Answer], key: str
) -> None:
    with proxy_before(core.url, authorization(core)) as proxy, opened(proxy.url) as node:
        proxy.twist = lie
        with pytest.raises(QiyafaError) as failed:
            node.head()
        assert failed.value.key == key
        assert "\u202e" not in text(failed.value.key, **failed.value.fields)
        for ask in (lambda: node.block_hashes(0, 3), node.chain):
            with pytest.raises(QiyafaError):
                ask()


def test_a_block_that_is_another_one_is_refused(core: CoreLikeNode) -> None:
    hash_ = core.rpc("getblockhash", 3)
    other = bytes.fromhex(core.rpc("getblock", core.rpc("getblockhash", 4), 0))
    with proxy_before(core.url, authorization(core)) as proxy:
        for content in (other, other[:79], b"", b"<html></html>"):
            for in_binary in (True, False):
                proxy.twist = _giving(content, in_binary=in_binary)
                with opened(proxy.url) as node, pytest.raises(Unavailable) as failed:
                    node.raw_block(3, hash_)
                assert failed.value.key == "core_node.error.other_block"
                assert failed.value.fields["block"] == 3


def test_a_block_that_the_node_has_not_got_is_named(core: CoreLikeNode) -> None:
    with proxy_before(core.url, authorization(core)) as proxy:
        for twist in (None, without_rest):
            proxy.twist = twist
            with opened(proxy.url) as node, pytest.raises(NotFound) as missing:
                node.raw_block(99, "ab" * 32)
            assert (missing.value.key, missing.value.fields["block"]) == ("core_node.error.block_missing", 99)


def test_a_failure_that_passes_costs_nothing_but_time(core: CoreLikeNode) -> None:
    failures = iter([Answer(503, b"Work queue depth exceeded"), Answer(200, b"{", 9), Answer(429, b"")])
    waits: list[float] = []
    with proxy_before(core.url, authorization(core)) as proxy:
        proxy.twist = lambda asked, answer: next(failures, answer)
        with core_node(proxy.url, waits.append, patience=Patience(first_wait_s=0.25)) as node:
            assert node.head()[0] == core.height()
    assert waits == [0.25, 0.5, 1.0]


def _giving(content: bytes, *, in_binary: bool) -> Callable[[str, Answer], Answer]:
    def twist(asked: str, answer: Answer) -> Answer:
        if "/rest/" in asked:
            return Answer(200, content) if in_binary else Answer(404, b"")
        if '"getblock"' in asked:
            return Answer(200, json.dumps({"id": 0, "error": None, "result": content.hex()}).encode())
        return answer

    return twist


def test_an_answer_cut_anywhere_is_refused_or_whole(core: CoreLikeNode) -> None:
    with proxy_before(core.url, authorization(core)) as proxy, opened(proxy.url) as node:
        whole = node.head()
        proxy.twist = None
        length = len(_last_answer(proxy, node))
        for cut in range(0, length, 37):
            proxy.twist = lambda asked, answer, cut=cut: Answer(answer.status, answer.body[:cut])
            with pytest.raises(QiyafaError):
                node.head()
        proxy.twist = None
        assert node.head() == whole


def _last_answer(proxy: Proxy, node: CoreNode) -> bytes:
    bodies: list[bytes] = []

    def keep(asked: str, answer: Answer) -> Answer:
        bodies.append(answer.body)
        return answer

    proxy.twist = keep
    node.head()
    return bodies[-1]
