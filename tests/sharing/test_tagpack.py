"""TagPacks in: fields are inherited, concepts are understood, and one bad tag does not spoil the others."""

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Tlp
from qiyafa.sharing.actorpack import Actor, Actors
from qiyafa.sharing.label_draft import LabelsRead
from qiyafa.sharing.strict_yaml import read_yaml
from qiyafa.sharing.tagpack import PackReading, read_tagpack
from qiyafa.text import text

ACTORS = Actors.of(
    [
        Actor("huobi", "Huobi", "huobi.com", ("organization", "exchange", "mining_service"), aliases=("htx",)),
        Actor("hydramarket", "Hydra Market", "", ("dark_web", "market")),
        Actor("chatex", "Chatex", "", ("service", "defi", "exchange", "sanction")),
    ]
)
HEADER = "title: A pack\ncreator: A maker\nlabel: a name\nsource: https://example.org\ncurrency: ETH\n"
FIRST = "'0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b'"


def read(content: str) -> LabelsRead:
    return read_tagpack(read_yaml(content.encode(), "pack.yaml"), "pack.yaml", PackReading(FORMATS, ACTORS))


def one(tag: str, header: str = HEADER) -> LabelsRead:
    return read(f"{header}tags:\n- address: {FIRST}\n{tag}")


def keys(result: LabelsRead) -> list[str]:
    for problem in result.problems:
        assert text(problem.key, **problem.fields), "every problem has its sentence"
    return [problem.key.removeprefix("labels.problem.") for problem in result.problems]


def test_a_tag_inherits_from_the_header_and_overrides_it() -> None:
    (label,) = one("  label: its own\n  confidence: forensic\n  is_cluster_definer: true\n").labels
    assert (label.name, label.source, label.source_url) == ("its own", "A maker: A pack", "https://example.org")
    assert (label.confidence, label.level, label.grade) == ("forensic", 50, "B3")
    assert label.is_cluster_definer
    assert label.chain == "eip155:1"
    assert label.identity.key == "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
    assert label.written == "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
    assert label.tlp is Tlp.CLEAR


@pytest.mark.parametrize(
    ("fields", "category", "risk", "routing"),
    [
        ("  category: exchange\n", Category.EXCHANGE, None, Category.EXCHANGE),
        ("  category: mixing_service\n", Category.MIXER, Category.MIXER, Category.MIXER),
        ("  category: coinjoin\n", Category.COINJOIN, Category.COINJOIN, None),
        ("  category: user\n  abuse: sanction\n", Category.SANCTIONED, Category.SANCTIONED, None),
        ("  category: exchange\n  abuse: sanction\n", Category.SANCTIONED, Category.SANCTIONED, Category.EXCHANGE),
        ("  abuse: service_hack\n  actor: huobi\n", Category.STOLEN, Category.STOLEN, None),
        ("  abuse: ransomware\n", Category.RANSOMWARE, Category.RANSOMWARE, None),
        ("  abuse: sextortion\n", Category.FRAUD, Category.FRAUD, None),
        ("  abuse: extremism\n", Category.HIGH_RISK_SERVICE, Category.HIGH_RISK_SERVICE, None),
        ("  category: black_list\n", Category.FROZEN, Category.FROZEN, None),
        ("  category: market\n", Category.SERVICE, None, Category.SERVICE),
        ("  category: market\n  actor: hydramarket\n", Category.DARKNET, Category.DARKNET, Category.DARKNET),
        ("  concepts: [market, dark_web]\n", Category.DARKNET, Category.DARKNET, Category.DARKNET),
        ("  concepts: [defi_dex]\n", Category.SERVICE, None, Category.SERVICE),
        ("  category: user\n", Category.OTHER, None, None),
        ("  actor: htx\n", Category.EXCHANGE, None, Category.EXCHANGE),
        ("  category: user\n  actor: chatex\n", Category.SANCTIONED, Category.SANCTIONED, Category.EXCHANGE),
        ("", Category.OTHER, None, None),
    ],
)
def test_concepts_say_category_risk_and_routing(
    fields: str, category: Category, risk: Category | None, routing: Category | None
) -> None:
    (label,) = one(fields).labels
    assert (label.category, label.risk, label.routing) == (category, risk, routing)


def test_a_risk_never_takes_a_route_away() -> None:
    (plain,), (risky,) = one("  category: exchange\n").labels, one("  category: exchange\n  abuse: sanction\n").labels
    assert risky.routing is plain.routing


def test_an_actor_gives_its_name() -> None:
    assert one("  actor: htx\n").labels[0].entity == "Huobi"
    assert one("  actor: nobody_knows\n").labels[0].entity == "nobody_knows"


@pytest.mark.parametrize(
    ("tag", "key"),
    [
        ("- label: x\n", "no_address"),
        ("- tx_hash: '0xabc'\n", "transaction"),
        ("- address: 0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b\n", "unquoted"),
        (f"- address: {FIRST}\n  label: a\n  label: b\n", "repeated"),
        (f"- address: {FIRST}\n  label: [a]\n", "type"),
        (f"- address: {FIRST}\n  label: ''\n", "no_name"),
        (f'- address: {FIRST}\n  label: "\\u202e\\u200b"\n', "invisible"),
        (f'- address: {FIRST}\n  label: "a\\0b"\n', "nul"),
        (f"- address: {FIRST}\n  label: {'x' * 1_000_000}\n", "long"),
        (f"- address: {FIRST}\n  context: {'x' * 1_000_000}\n", "long"),
        (f"- address: {FIRST}\n  is_cluster_definer: perhaps\n", "boolean"),
        (f"- address: {FIRST}\n  lastmod: yesterday\n", "date"),
        (f'- address: {FIRST}\n  context: \'{{"qiyafa": {{"category": "nice"}}}}\'\n', "extension"),
        (f"- address: {FIRST}\n  context: '{{\"qiyafa\": 7}}'\n", "extension"),
        ("- just a text\n", "no_table"),
    ],
)
def test_a_bad_tag_is_a_problem_and_the_rest_goes_on(tag: str, key: str) -> None:
    good = f"- address: {FIRST}\n  label: good\n  confidence: forensic\n"
    result = read(f"{HEADER}tags:\n{tag}{good}")
    assert keys(result) == [key]
    assert [label.name for label in result.labels] == ["good"]
    assert result.left_out == 1
    place = result.problems[0].place
    assert place == "tags" or place == "line 7"


def test_what_is_only_odd_is_counted_once_and_kept() -> None:
    odd = "  confidence: certain\n  concepts: [neologism]\n  colour: red\n  currency: NOCOIN\n"
    result = read(f"{HEADER}tags:\n- address: {FIRST}\n{odd}- address: {HUOBI}\n{odd}")
    assert sorted(keys(result)) == ["concept", "confidence", "no_chain", "unknown_field"]
    assert {problem.fields["count"] for problem in result.problems} == {2}
    assert [label.confidence for label in result.labels] == ["unknown", "unknown"]
    assert [label.chain for label in result.labels] == [None, None]
    assert [label.identity.format for label in result.labels] == ["evm", "bitcoin"]


HUOBI = "1vdXJDiDSzeUAoM7eAcWZPhM9wEKmH8dG"


def test_an_address_under_a_wrong_ticker_is_read_by_its_form() -> None:
    result = read(f"{HEADER}confidence: forensic\ntags:\n- address: {HUOBI}\n")
    assert keys(result) == ["other_chain"]
    assert (result.labels[0].identity.format, result.labels[0].chain) == ("bitcoin", None)


def test_an_address_of_no_form_is_kept_byte_for_byte() -> None:
    result = read(f"{HEADER}confidence: forensic\ntags:\n- address: Not-an-Address\n")
    assert keys(result) == ["other_chain", "no_format"]
    assert str(result.labels[0].identity) == "verbatim:Not-an-Address"


def test_hostile_characters_are_kept_as_data() -> None:
    (label,) = one('  label: "safe\\u202egpj.exe \\u200b"\n').labels
    assert label.name == "safe\u202egpj.exe \u200b"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (f"{HEADER}title: again\ntags: []\n", "labels.pack.repeated"),
        (f"{HEADER}tags: none\n", "labels.pack.tags"),
        ("title: [a]\ntags: []\n", "labels.pack.header"),
        (f"title: {'x' * 2000}\ntags: []\n", "labels.pack.header"),
    ],
)
def test_a_bad_header_refuses_the_pack(content: str, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(content)
    assert caught.value.key == key
    assert "pack.yaml" in text(key, **caught.value.fields)


def test_the_same_statement_has_the_same_id_and_another_source_another() -> None:
    same = one("  confidence: forensic\n").labels[0].id
    assert one("  confidence: web_crawl\n").labels[0].id == same, "a source may correct its confidence"
    assert one("", HEADER.replace("A maker", "Another")).labels[0].id != same
    assert one("  label: other words\n").labels[0].id != same
