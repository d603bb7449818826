"""A rule file says what it means or is refused with the key at fault; its version is a digest of its content."""

from fractions import Fraction
from pathlib import Path

import pytest

from qiyafa.app.rules import read_rules
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.verdict import Outcome
from qiyafa.screen.rule_file import parse_rules
from qiyafa.screen.rules import Reach, Rules
from qiyafa.text import text

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "docs" / "rules").glob("*.toml"))

SMALL = """
[rules]
id = "small"
[lists]
required = ["OFAC"]
max_age_days = 7
[[label]]
id = "theft"
categories = ["stolen_funds"]
least_confidence = "web_crawl"
[[exposure]]
id = "near"
reach = "direct"
directions = ["in"]
levels = ["address"]
categories = ["stolen_funds"]
least_share = "0.05"
[exposure.least_units]
"eip155:1/slip44:60" = 5
other = 1
"""


def read(content: str) -> Rules:
    return parse_rules(content.encode(), "rules.toml")


def refusal(content: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        read(content)
    return text(refused.value.key, **refused.value.fields)


def test_a_small_file_is_read() -> None:
    rules = read(SMALL)
    assert rules.lists.required == ("ofac",)
    assert rules.lists.in_force is Outcome.HIT
    assert rules.labels[0].least_confidence == 20
    assert rules.exposures[0].reach is Reach.DIRECT
    assert rules.exposures[0].least_share == Fraction(1, 20)
    assert rules.exposures[0].least_units is not None
    assert rules.exposures[0].least_units.of("eip155:1/slip44:60") == 5
    assert rules.exposures[0].least_units.of("eip155:1/erc20:0x1") == 1
    assert rules.exposure_sets == (frozenset({Category.STOLEN}),)


def test_the_version_is_of_the_content_and_not_of_its_form() -> None:
    assert read(SMALL).version == read("# a comment\n" + SMALL.replace("\n[", "\n\n[")).version
    assert read(SMALL).version != read(SMALL.replace("= 5", "= 6")).version
    assert read(SMALL).version.startswith("small/")


def test_the_default_rules_weigh_every_risk_but_gambling() -> None:
    rules = read_rules(None)
    assert rules.id == "default"
    assert rules.lists.required == ("ofac",)
    assert rules.lists.max_age_days == 14
    assert len(rules.exposure_sets) == 1
    assert Category.GAMBLING not in rules.exposure_sets[0]
    assert rules.least_confidence(Category.SANCTIONED) == 5


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_a_rule_file(path: Path) -> None:
    assert read_rules(path).id == path.stem


def test_there_are_examples_of_other_appetites() -> None:
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("max_age_days", "max_age_day", "Did you mean `max_age_days`?"),
        ("[lists]", "[list]", "Did you mean `lists`?"),
        ("stolen_funds", "stolen_fund", "Did you mean `stolen_funds`?"),
        ('"direct"', '"direkt"', "Did you mean `direct`?"),
        ('["in"]', '["inn"]', "Did you mean `in`?"),
        ("web_crawl", "web_craw", "Did you mean `web_crawl`?"),
        ('["stolen_funds"]', '["exchange"]', "`categories` in [[label]] 1 has the value `exchange`"),
        ('least_share = "0.05"', "least_share = 0.05", "a share from 0 to 1 in quotes"),
        ('"0.05"', '"1e999999999"', "a share from 0 to 1 in quotes"),
        ("max_age_days = 7", "max_age_days = -1", "`max_age_days` in [lists] must be a whole number"),
        ("max_age_days = 7", "max_age_days = true", "`max_age_days` in [lists] must be a whole number"),
        ("max_age_days = 7", "", "[lists] lacks `max_age_days`"),
        ('"eip155:1/slip44:60"', '"ether"', "`ether` in least_units of [[exposure]] 1 is no asset"),
        ('id = "near"', 'id = "theft"', "two rules have the id `theft`"),
        ('id = "small"', 'id = "A rule"', "`id` in [rules]"),
        ('directions = ["in"]', "directions = []", "a list of words"),
        ("[[label]]", "[label]", "a list of tables"),
    ],
)
def test_a_mistake_is_refused_with_the_key_at_fault(written: str, instead: str, said: str) -> None:
    assert said in refusal(SMALL.replace(written, instead, 1))


def test_an_exposure_rule_without_a_threshold_is_refused() -> None:
    assert "needs `least_units`" in refusal(SMALL[: SMALL.index("least_share")])


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[rules", b"[" * 10_000], ids=["not text", "half", "deep"])
def test_what_is_no_rule_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_rules(content, "rules.toml")


def test_a_file_that_is_not_there_or_far_too_long_has_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_rules(tmp_path / "none.toml")
    with pytest.raises(Unavailable):
        read_rules(tmp_path)
    long = tmp_path / "long.toml"
    long.write_bytes(b"#" * (1 << 21))
    with pytest.raises(InvalidInput):
        read_rules(long)
