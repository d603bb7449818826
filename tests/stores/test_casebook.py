"""The casebook that ships with the package: whole, consistent, and the same on every machine."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from qiyafa.model.claim import Bound, Claim, Measure
from qiyafa.model.record import EntryKind
from qiyafa.stores import casebook as module
from qiyafa.stores.casebook import casebook
from qiyafa.stores.record import open_record
from qiyafa.stores.record_checks import check_entry
from qiyafa.stores.record_rows import body_of

TODAY = datetime(2027, 1, 1, tzinfo=UTC)
CLAIMS = {claim.id: claim for claim in casebook().claims}


def totals(year: str, edition: str) -> list[Decimal | None]:
    """What each source of an edition says was stolen in a year."""
    return [
        claim.quantity
        for claim in casebook().claims
        if (str(claim.period), claim.edition) == (year, edition) and claim.measure is Measure.STOLEN
        if claim.unit == "USD" and claim.source != "article-2024-03-29"
    ]


def test_every_entry_can_stand_in_a_record() -> None:
    for entry in casebook().entries:
        check_entry(entry, body_of(entry), TODAY)


def test_a_fresh_record_answers_from_it(tmp_path: Path) -> None:
    record = open_record(tmp_path / "record.sqlite", casebook=casebook())
    assert record.casebook_version() == casebook().version
    assert [claim.id for claim in record.claims()] == sorted(CLAIMS)
    assert not list(tmp_path.iterdir())


def test_a_record_that_was_written_holds_all_of_it(tmp_path: Path) -> None:
    record = open_record(tmp_path / "record.sqlite", casebook=casebook())
    record.apply([], at=TODAY, author="somebody")
    assert {one.id for one in record.incidents()} == {one.id for one in casebook().incidents}
    assert record.get(EntryKind.CLAIM, "un-2019-08-countries") is not None


def test_the_version_begins_with_a_day_and_changes_with_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = resources.files("qiyafa.stores") / "casebook"
    folder = tmp_path / "stores" / "casebook"
    folder.mkdir(parents=True)
    for name in ("casebook.toml", "actors.toml"):
        folder.joinpath(name).write_text(shipped.joinpath(name).read_text("utf-8"), encoding="utf-8")
    source = '[[source]]\nid = "{id}"\npublisher = "p"\ntitle = "t"\nurl = "https://example.org"\n'
    folder.joinpath("actors.toml").write_text("# nothing", encoding="utf-8")
    folder.joinpath("sources.toml").write_text(source.format(id="one"), encoding="utf-8")
    monkeypatch.setattr(module.resources, "files", lambda package: tmp_path / "stores")
    first = casebook.__wrapped__().version
    folder.joinpath("sources.toml").write_text("# a comment\n" + source.format(id="one"), encoding="utf-8")
    assert casebook.__wrapped__().version == first
    folder.joinpath("sources.toml").write_text(source.format(id="two"), encoding="utf-8")
    assert casebook.__wrapped__().version != first
    assert datetime.fromisoformat(first.partition("+")[0])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('[[source]]\nid = "a"\npublisher = "p"\ntitle = "t"\nurl = "u"\ncolour = "red"\n', "colour means nothing"),
        ('[[source]]\nid = "a"\npublisher = "p"\ntitle = "t"\nurl = "u"\n' * 2, "more than once"),
        ('[[source]]\nid = "a"\npublisher = "p"\ntitle = "t"\nurl = "u"\norigin = "b"\n', "lead nowhere"),
        ('[[source]]\nid = "a"\npublisher = "p"\ntitle = "t"\nurl = "u"\ntlp = "TLP:PINK"\n', "TLP:PINK is none"),
    ],
)
def test_a_mistake_in_it_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, complaint: str
) -> None:
    folder = tmp_path / "casebook"
    folder.mkdir()
    folder.joinpath("sources.toml").write_text(content, encoding="utf-8")
    folder.joinpath("casebook.toml").write_text('edition = "2026-01-01"', encoding="utf-8")
    monkeypatch.setattr(module.resources, "files", lambda package: tmp_path)
    with pytest.raises(AssertionError, match=complaint):
        casebook.__wrapped__()


def test_2023_is_an_interval_by_source() -> None:
    newest = [totals("2023", edition) for edition in ("2023-12", "2024-01", "2024-12", "2024-03")]
    millions = sorted(int(quantity / 1_000_000) for group in newest for quantity in group if quantity is not None)
    assert (millions[0], millions[-1]) == (308, 1000)


def test_editions_of_one_report_are_kept_and_tied_together() -> None:
    revised = {
        "chainalysis-2024-12-2023-usd": ("chainalysis-2024-01-2023-usd", 660_500_000, 1_000_000_000),
        "chainalysis-2024-01-2021-usd": ("chainalysis-2022-01-2021-usd", 428_800_000, 400_000_000),
        "chainalysis-2024-01-2021-incidents": ("chainalysis-2022-01-2021-incidents", 9, 7),
    }
    for id, (before, new, old) in revised.items():
        assert CLAIMS[id].supersedes == before
        assert (CLAIMS[id].quantity, CLAIMS[before].quantity) == (new, old)


def test_what_the_articles_got_wrong_has_its_counterpart() -> None:
    def said(id: str) -> tuple[Decimal | None, str, Bound]:
        return CLAIMS[id].quantity, CLAIMS[id].unit, CLAIMS[id].bound

    assert said("article-2022-countries") == (Decimal(35), "countries", Bound.AT_LEAST)
    assert said("un-2019-08-incidents") == (Decimal(35), "incidents", Bound.AT_LEAST)
    assert said("un-2019-08-countries")[0] == 17
    assert said("article-2022-proceeds-usd")[2] is Bound.ABOUT
    assert said("un-2019-08-total-usd")[2] is Bound.UP_TO
    assert CLAIMS["article-2022-2019-usd"].cumulative is False
    assert CLAIMS["un-2019-08-total-usd"].cumulative is True
    assert said("doj-2020-gate-io-items-usd")[0] == Decimal("234337668.88")


def test_every_claim_of_an_article_has_its_words() -> None:
    articles = [claim for claim in CLAIMS.values() if claim.source.startswith("article-")]
    assert len(articles) == 29
    assert all(claim.quote is not None and claim.quote.words for claim in articles)


def test_a_claim_without_a_quantity_says_why_it_has_none() -> None:
    def has_none(claim: Claim) -> bool:
        return claim.unit == "qualitative" or claim.bound in (Bound.MAJORITY, Bound.ORDER)

    assert all(has_none(claim) == (claim.quantity is None) for claim in CLAIMS.values())
