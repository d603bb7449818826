"""Attributions as pages: what a reader must find in them, and hostile words that stay words."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from qiyafa.app.attribution import (
    AttributionPage,
    add_attributions,
    attribution_page,
    check_attributions,
    find_attributions,
)
from qiyafa.app.attribution_argument import argument_blocks
from qiyafa.app.attribution_json import page_object
from qiyafa.app.attribution_pages import markdown, plain_text
from qiyafa.app.record_entries import Submission, submit
from qiyafa.model.attribution import Attribution
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.label import Tlp
from qiyafa.model.record import EntriesRead
from qiyafa.model.source import Source
from qiyafa.record.argument import Conditions, Standing
from qiyafa.record.attribution import argue, origin_of
from qiyafa.record.attribution_check import attribution_problems
from qiyafa.record.grades import weight_percent
from qiyafa.record.verbal import Verbal, told
from qiyafa.stores.casebook import casebook
from qiyafa.stores.entry_toml import read_entries
from qiyafa.stores.record import RecordStore, open_record

from support.attributions import EVEN, attribution, item

SHIPPED = {one.id: one for one in casebook().attributions}
LONGEST = 300
"""Longer words would be cut where they are shown."""
FILE = """
[[source]]
id = "own-2024"
publisher = "Own"
title = "Own inquiry"
url = "https://example.org/own"
published = 2024-05-01
grade = "B2"

[[attribution]]
id = "own"
incident = "coincheck-2018"
title = "Ours"
author = "A. Analyst"
stated = 2024-05-02

[[attribution.hypotheses]]
id = "g"
statement = "incident by actor"
subject = "coincheck-2018"
answer = "lazarus"
words = "It did."
prior = "0.5"
prior_reason = "Half."

[[attribution.hypotheses]]
id = "o"
statement = "incident by actor"
subject = "coincheck-2018"
answer = "other"
words = "Others."
prior = "0.5"
prior_reason = "It is half."

[[attribution.evidence]]
id = "e"
words = "A finding."
kind = "malware"
source = "own-2024"
grade = "B2"
origin = "own"
likelihoods = [{ hypothesis = "g", probability = "0.8" }, { hypothesis = "o", probability = "0.2" }]
reason = "Because."
"""


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return open_record(tmp_path / "record.sqlite", casebook=casebook())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def page_of(one: Attribution, *sources: Source, conditions: Conditions | None = None) -> AttributionPage:
    return AttributionPage(argue(one, conditions or Conditions()), "An incident", {each.id: each for each in sources})


@pytest.mark.parametrize("id", SHIPPED)
def test_what_ships_is_sound_and_whole(id: str) -> None:
    one = SHIPPED[id]
    assert attribution_problems(one) == []
    words = [each.words for each in (*one.hypotheses, *one.evidence)] + [each.reason for each in one.evidence]
    words += [each.prior_reason for each in one.hypotheses] + list(one.not_considered)
    assert [each for each in words if len(each) > LONGEST] == []
    assert one.not_considered
    assert all(any(origin_of(each) != origin_of(other) for other in one.evidence) for each in one.evidence)


@pytest.mark.parametrize("id", SHIPPED)
def test_what_ships_keeps_evidence_against(id: str, store: RecordStore) -> None:
    page = attribution_page(store, id)
    weights = [one.decibans for finding in page.argument.findings for one in finding.evidence]
    assert min(weights) < 0 < max(weights)
    shown = plain_text(argument_blocks(page))
    for each in SHIPPED[id].evidence:
        assert page.sources[each.source].url in shown
        assert weight_percent(each.grade) == 0 or f"grade {each.grade}" in shown


def test_the_ronin_theft_is_laid_to_lazarus_in_three_separate_statements(store: RecordStore) -> None:
    address, theft, state = attribution_page(store, "ronin-2022").argument.findings
    assert [one.leader.hypothesis.answer for one in (address, theft, state)] == ["ronin-2022", "lazarus", "dprk"]
    assert (theft.leader.words, theft.standing) == (Verbal.VERY_LIKELY, Standing.HOLDS)
    assert theft.carried_by == "us-government"
    without = next(one for one in theft.without if one.origin == "us-government")
    assert without.words is Verbal.LIKELY


def test_the_coincheck_theft_stays_open(store: RecordStore) -> None:
    (finding,) = attribution_page(store, "coincheck-2018").argument.findings
    assert finding.standing is Standing.OPEN
    assert finding.leader.after < Fraction(1, 2)
    shown = plain_text(argument_blocks(attribution_page(store, "coincheck-2018")))
    assert "The question is open." in shown
    assert "That is " not in shown
    for heading in ("Evidence for dprk", "Evidence against dprk", "Evidence for east-european-criminals"):
        assert heading in shown


def test_evidence_against_stands_as_prominently_as_evidence_for() -> None:
    strong = [item(id, {"group": "0.9", "other": "0.1"}) for id in "ac"]
    made = attribution(EVEN, *strong, item("b", {"group": "0.3", "other": "0.6"}, "D4"))
    marked = markdown(argument_blocks(page_of(made)))
    order = [marked.index(f"### Evidence {side} group") for side in ("for", "against")]
    assert order == sorted(order)
    assert "- Observation b." in marked


def test_what_is_missing_is_said() -> None:
    shown = plain_text(argument_blocks(page_of(attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"})))))
    assert "None is known. That is a reason to look for some." in shown
    assert "The author names nothing." in shown
    assert "The source report-2024 is not in the record." in shown


def test_a_changed_reading_says_so(store: RecordStore) -> None:
    page = attribution_page(store, "ronin-2022", Conditions(frozenset({"us-government"}), flat_prior=True))
    shown = plain_text(argument_blocks(page))
    assert "the evidence of us-government is left out (items: 5)" in shown
    assert "all hypotheses were equally likely before" in shown
    assert "The FBI says" not in shown


def test_an_origin_that_nobody_named_is_refused(store: RecordStore) -> None:
    with pytest.raises(InvalidInput) as caught:
        attribution_page(store, "ronin-2022", Conditions(frozenset({"fbi"})))
    assert caught.value.key == "attribution.error.origin"
    with pytest.raises(NotFound) as missing:
        attribution_page(store, "ronin-2021")
    assert missing.value.fields["nearest"] == "ronin-2022"


def test_hostile_words_stay_words() -> None:
    hostile = "<script>alert(1)</script> [x](javascript:1) | `a` \u202egpj.exe *b* # c"
    made = attribution(EVEN, replace(item("a", {"group": "0.9", "other": "0.1"}), words=hostile, reason=hostile))
    made = replace(made, title=hostile, author=hostile, not_considered=(hostile,))
    source = Source("report-2024", hostile, hostile, "https://example.org/a>b\n<script>", date(2024, 1, 1))
    blocks = argument_blocks(page_of(made, source))
    for written in (plain_text(blocks), markdown(blocks)):
        assert "\u202e" not in written
    marked = markdown(blocks)
    unescaped = marked.replace("\\<", "").replace("\\[", "").replace("\\|", "")
    assert "<script" not in unescaped
    assert "[x]" not in unescaped
    assert "<https://example.org/a%3Eb%0A%3Cscript%3E>" in marked


def test_a_page_says_how_far_it_may_be_given_on() -> None:
    made = attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"}))
    source = Source("report-2024", "P", "T", "https://example.org", None, tlp=Tlp.AMBER)
    page = page_of(made, source)
    assert ". TLP:AMBER." in plain_text(argument_blocks(page))
    assert page_object(page)["tlp"] == "TLP:AMBER"


def test_json_holds_exact_probabilities_and_what_is_told() -> None:
    made = attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"}))
    (finding,) = json.loads(json.dumps(page_object(page_of(made))))["findings"]
    first = finding["ranking"][0]
    assert (first["exact"], first["probability"], first["words"]) == ("5/6", "0.83", "very likely")
    assert sum(Fraction(one["exact"]) for one in finding["ranking"]) == 1
    assert finding["evidence"][0]["decibans"] == "7.0"


def test_a_file_is_checked_without_being_stored_and_then_added(store: RecordStore, file: Path) -> None:
    checked = check_attributions(store, file)
    assert checked.offer.problems == []
    assert [one.id for one in store.attributions()] == sorted(SHIPPED)
    added = add_attributions(store, file, "A. Analyst", "")
    assert added.offer.stored is not None
    assert attribution_page(store, "own").argument.findings[0].leader.after == Fraction(5, 7)


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ('prior = "0.5"\nprior_reason = "It is half."', "attribution.problem.priors"),
        ('source = "own-2024"', "entries.problem.reference"),
        ('{ hypothesis = "o", probability = "0.2" }', "attribution.problem.missing_likelihood"),
    ],
)
def test_one_fault_keeps_everything_out(store: RecordStore, file: Path, wrong: str, key: str) -> None:
    broken = {
        "attribution.problem.priors": wrong.replace("0.5", "0.4"),
        "entries.problem.reference": 'source = "nowhere"',
        "attribution.problem.missing_likelihood": "",
    }[key]
    assert wrong in FILE
    file.write_text(FILE.replace(wrong, broken), encoding="utf-8")
    checked = add_attributions(store, file, "A. Analyst", "")
    assert [one.key for one in checked.offer.problems] == [key]
    assert checked.offer.stored is None
    assert "own-2024" not in store.sources()


def test_an_unsound_one_in_the_record_is_refused_and_not_shown(store: RecordStore, file: Path) -> None:
    broken = replace(
        SHIPPED["coincheck-2018"],
        id="broken",
        hypotheses=tuple(replace(one, prior=Decimal("0.9")) for one in SHIPPED["coincheck-2018"].hypotheses),
    )
    submit(store, [("file", EntriesRead((broken,), ()))], Submission("somebody"))
    with pytest.raises(InvalidInput) as caught:
        attribution_page(store, "broken")
    assert caught.value.key == "attribution.error.unsound"
    row = next(one for one in find_attributions(store) if one.attribution.id == "broken")
    assert (row.argument, len(row.problems)) == (None, 1)


def test_the_small_example_of_the_documentation_is_right() -> None:
    page = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text("utf-8")
    written = page.partition("```toml\n")[2].partition("```")[0]
    (one,) = read_entries(written, "attribution.md").entries
    assert isinstance(one, Attribution)
    assert attribution_problems(one) == []
    (finding,) = argue(one).findings
    assert (finding.leader.after, finding.leader.words) == (Fraction(3, 5), Verbal.LIKELY)
    assert {each.item.id: str(each.decibans) for each in finding.evidence} == {"police": "8.2", "malware": "-0.5"}
    assert [each.item.id for each in finding.copies] == ["newspaper"]
    without = {each.origin: told(each.after) for each in finding.without}
    assert without["police"] == Decimal("0.18")
    assert finding.standing is Standing.OPEN
