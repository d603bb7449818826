"""Every readable exposure case, by the plain reference, by the table of all addresses, and explained one by one."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from qiyafa.model.exposure import Direction, ExposureRules, Level
from qiyafa.trace import exposure, exposure_outputs
from qiyafa.trace.exposure_explain import explain_set
from qiyafa.trace.exposure_parts import ExposureSetting
from qiyafa.trace.exposure_sources import CATEGORIES
from qiyafa.trace.exposure_table import ExposureTable

from support.text_exposure import Answer, ExposureCase, Key, read_exposure_case, read_output_exposure_case, stated

ON_ACCOUNTS = sorted((Path(__file__).parent / "exposure_cases").glob("*.txt"))
ON_OUTPUTS = sorted((Path(__file__).parent / "exposure_output_cases").glob("*.txt"))


def case_of(path: Path) -> ExposureCase:
    read = read_exposure_case if path in ON_ACCOUNTS else read_output_exposure_case
    return read(path)


def rounded(answers: dict[Key, Answer]) -> dict[Key, Answer]:
    """Return answers as they are reported: in whole units, those without any left out."""
    whole = {key: replace(one, indirect=Fraction(int(one.indirect + Fraction(1, 2)))) for key, one in answers.items()}
    return {key: one for key, one in whole.items() if one.direct or one.indirect}


def by_reference(case: ExposureCase) -> dict[Key, tuple[int, Fraction, int | None]]:
    columns, lanes = case.columns, case.places.lanes()
    if case.outputs is None:
        rows = [
            (int(a), int(b), columns.units(n))
            for n, (a, b) in enumerate(zip(columns.source, columns.target, strict=True))
        ]
        opening = dict(enumerate(columns.places.opening_lo.tolist()))
        sources = {place: int(lane) - 1 for place, lane in enumerate(lanes) if lane}
        ledger = exposure.Ledger(rows, sources, opening, case.dust)
        found = exposure.funded_by(ledger), exposure.sent_to(ledger)
        holder = lambda place: (columns.address_of(place), columns.asset_of(place))  # noqa: E731
    else:
        by_owner = {int(columns.places.address[place]): int(lane) - 1 for place, lane in enumerate(lanes) if lane}
        chain = exposure_outputs.OutputLedger(case.outputs, by_owner, case.dust)
        found = exposure_outputs.funded_by(chain), exposure_outputs.sent_to(chain)
        holder = lambda owner: (columns.addresses.text(owner), columns.places.assets[0])  # noqa: E731
    return {
        (direction, holder(at)[0], CATEGORIES[lane], holder(at)[1]): (sums.direct, sums.indirect, sums.hops)
        for direction, sums_of in zip(Direction, found, strict=True)
        for (at, lane), sums in sums_of.items()
        if sums.direct or sums.indirect
    }


@pytest.mark.parametrize("path", [*ON_ACCOUNTS, *ON_OUTPUTS], ids=lambda path: path.stem)
def test_the_reference_gives_the_answers(path: Path) -> None:
    case = case_of(path)
    assert case.answers
    assert by_reference(case) == {key: (one.direct, one.indirect, one.hops) for key, one in case.answers.items()}


@pytest.mark.parametrize("path", [*ON_ACCOUNTS, *ON_OUTPUTS], ids=lambda path: path.stem)
def test_the_table_gives_the_answers(path: Path) -> None:
    case = case_of(path)
    table = ExposureTable(case.rows, case.places)
    found = dict(stated(address, one) for address, exposures in table.each() for one in exposures)
    assert found == rounded(case.answers)
    assert [address for address, _ in table.each()] == list(table.addresses())


@pytest.mark.parametrize("path", [*ON_ACCOUNTS, *ON_OUTPUTS], ids=lambda path: path.stem)
def test_one_by_one_they_are_explained_alike(path: Path) -> None:
    case = case_of(path)
    setting = ExposureSetting(case.rows, case.places)
    addresses = {key[1] for key in case.answers} | {one.address for one in case.sources}
    found = {}
    for address in addresses:
        number = case.columns.addresses.number(address)
        assert number is not None
        exposures = explain_set(setting, [number], Level.ADDRESS, ExposureRules())
        found |= dict(stated(address, one) for one in exposures if one.entity is None)
        for one in exposures:
            assert one.sources
            assert sum(transfer.exposed_units for transfer in one.evidence) > 0
    assert found == rounded(case.answers)


def test_both_directions_and_both_kinds_of_chains_have_cases() -> None:
    for paths in (ON_ACCOUNTS, ON_OUTPUTS):
        keys = [key for path in paths for key in case_of(path).answers]
        assert {key[0] for key in keys} == set(Direction)
