"""The laws of exposure as properties over random ledgers: the engine is the reference, forward is backward."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.exposure import Direction, ExposureRules, Level
from qiyafa.trace.exposure_explain import explain_set
from qiyafa.trace.exposure_parts import ExposureSetting, category_units
from qiyafa.trace.exposure_table import ExposureTable

from support.random_exposure import (
    ExposedAccounts,
    ExposedLedger,
    ExposedOutputs,
    by_category,
    close,
    exposed_accounts,
    exposed_outputs,
)

examples = settings(max_examples=80, deadline=None)


def table_of(case: ExposedLedger) -> ExposureTable:
    return ExposureTable(case.rows, case.places)


def assert_table_is_reference(case: ExposedAccounts | ExposedOutputs) -> None:
    table, expected = table_of(case), case.reference()
    for direction, sums in ((one, table.sums(one)) for one in Direction):
        found = {(holder, lane): rest for holder in range(1, len(sums.total)) for lane, *rest in sums.of(holder)}
        wanted = {key[1:]: one for key, one in expected.items() if key[0] is direction}
        for key in found.keys() | wanted.keys():
            direct, indirect, hops = found.get(key, (0, 0, None))
            exact = wanted.get(key)
            assert direct == (exact.direct if exact else 0)
            assert close(indirect, exact.indirect if exact else 0, case.turnover)
            if key in found and exact is not None:
                assert hops == exact.hops


@examples
@given(exposed_accounts())
def test_on_accounts_the_table_is_the_reference(case: ExposedAccounts) -> None:
    assert_table_is_reference(case)


@examples
@given(exposed_outputs())
def test_on_outputs_the_table_is_the_reference(case: ExposedOutputs) -> None:
    assert_table_is_reference(case)


@examples
@given(st.one_of(exposed_accounts(), exposed_outputs()))
def test_t9_what_sources_receive_of_sources_is_what_those_sent_to_them(case: ExposedLedger) -> None:
    table = table_of(case)
    categories = {one.address: one.category for one in case.places.sources}
    received: dict[tuple[str, str], int] = defaultdict(int)
    sent: dict[tuple[str, str], int] = defaultdict(int)
    for address, category in categories.items():
        for one in table.of(address):
            if one.direction is Direction.IN:
                received[one.category, category] += one.units
            else:
                sent[category, one.category] += one.units
    for pair in received.keys() | sent.keys():
        slack = 2 * len(case.columns) + 1e-9 * case.turnover
        assert abs(received[pair] - sent[pair]) <= slack


@examples
@given(st.one_of(exposed_accounts(), exposed_outputs()))
def test_an_address_is_explained_as_the_table_has_it(case: ExposedLedger) -> None:
    table, setting = table_of(case), ExposureSetting(case.rows, case.places)
    for address in case.addresses:
        number = case.columns.addresses.number(address)
        assert number
        explained = by_category(explain_set(setting, [number], Level.ADDRESS, ExposureRules()))
        tabled = by_category(table.of(address))
        for key in explained.keys() | tabled.keys():
            one, other = explained.get(key), tabled.get(key)
            if one is None or other is None:
                lone = one or other
                assert lone is not None
                assert close(lone.units, 0, case.turnover)
                continue
            assert (one.direct_units, one.total_units, one.hops) == (other.direct_units, other.total_units, other.hops)
            assert abs(one.indirect_units - other.indirect_units) <= 1 + 1e-9 * case.turnover


@examples
@given(st.one_of(exposed_accounts(), exposed_outputs()))
def test_entities_add_up_to_their_category(case: ExposedLedger) -> None:
    named = [one for one in case.sources if one.entity]
    setting = ExposureSetting(case.rows, type(case.places).of(case.columns, named))
    for address in case.addresses:
        number = case.columns.addresses.number(address)
        assert number
        exposures = explain_set(setting, [number], Level.ADDRESS, ExposureRules())
        for key, whole in by_category(exposures).items():
            parts = [one for one in exposures if one.entity and (one.asset, one.direction, one.category) == key]
            assert abs(sum(one.units for one in parts) - whole.units) <= len(case.columns) + 1 + 1e-9 * case.turnover
            assert whole.hops == min((one.hops for one in parts if one.hops is not None), default=whole.hops)


@examples
@given(exposed_accounts(dust=False), st.data())
def test_a_cluster_receives_what_its_transfers_from_others_carry(case: ExposedAccounts, data: st.DataObject) -> None:
    """Seen from the set, backward, and from the sources, forward: two different passes."""
    addresses = data.draw(st.sets(st.sampled_from(case.addresses), min_size=1)) if case.addresses else set()
    numbers = [number for one in addresses if (number := case.columns.addresses.number(one))]
    setting = ExposureSetting(case.rows, case.places)
    rows, inside = setting.rows, np.isin(setting.rows.party, np.array(numbers, dtype=np.uint32))
    crossing = {
        Direction.IN: np.flatnonzero(inside[rows.target] & ~inside[rows.source] & (rows.source != 0)),
        Direction.OUT: np.flatnonzero(inside[rows.source] & ~inside[rows.target] & (rows.target != 0)),
    }
    found: dict[tuple[Direction, str], int] = defaultdict(int)
    for one in explain_set(setting, numbers, Level.CLUSTER, ExposureRules()) if numbers else []:
        if one.entity is None:
            found[one.direction, one.category] += one.units
            assert one.level is Level.CLUSTER
    for direction, chosen in crossing.items():
        for category in {one.category for one in case.places.sources}:
            lane = list(type(category)).index(category)
            carried = float(category_units(setting, direction, lane, chosen).sum())
            assert abs(found[direction, category] - carried) <= 2 + 1e-9 * case.turnover


@examples
@given(exposed_accounts(sources=2), st.data())
def test_later_transfers_do_not_change_an_answer_as_of_a_row(case: ExposedAccounts, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(case.columns)))
    from support.random_ledgers import columns_of

    short = columns_of(case.plain_rows[:end], len(case.columns.places))
    alone = ExposedAccounts(short, case.sources, case.least, case.turnover, case.plain_rows[:end])
    as_of, cut = ExposureTable(case.until(end), case.places), table_of(alone)
    assert list(as_of.each()) == list(cut.each())


@examples
@given(exposed_accounts())
def test_one_more_address_of_a_category_never_makes_direct_units_fewer(case: ExposedAccounts) -> None:
    before = table_of(case)
    others = [one for one in case.addresses if one not in {source.address for source in case.sources}]
    for address in others[:2]:
        source = type(case.sources[0]) if case.sources else None
        if source is None:
            return
        category = case.sources[0].category
        more = type(case.places).of(case.columns, [*case.sources, source(address, category, "", "new")])
        after = ExposureTable(case.rows, more)
        for name in case.addresses:
            known, now = by_category(before.of(name)), by_category(after.of(name))
            for key, one in known.items():
                assert one.direct_units == 0 or now[key].direct_units >= one.direct_units


@examples
@given(exposed_accounts())
def test_every_transfer_of_the_evidence_is_in_the_ledger_and_carries_no_more_than_it_moves(
    case: ExposedAccounts,
) -> None:
    setting = ExposureSetting(case.rows, case.places)
    for address in case.addresses:
        number = case.columns.addresses.number(address)
        assert number
        for one in explain_set(setting, [number], Level.ADDRESS, ExposureRules()):
            assert one.evidence
            for shown in one.evidence:
                (row,) = case.columns.hashes.rows(shown.transaction_hash).tolist()
                assert shown.units == case.columns.units(row)
                assert 0 <= shown.exposed_units <= shown.units
                assert shown.source == case.columns.address_of(int(case.columns.source[row]))
                assert shown.target == case.columns.address_of(int(case.columns.target[row]))
            straight = [shown for shown in one.evidence if shown.exposed_units][: len(one.evidence)]
            assert straight
