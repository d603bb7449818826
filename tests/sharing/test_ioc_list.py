"""Addresses to look out for: a plain list, a table that no spreadsheet executes, and what is to be removed."""

import csv
import io

from hypothesis import given

from qiyafa.chains.formats import FORMATS
from qiyafa.model.case import Theft
from qiyafa.model.category import Category
from qiyafa.model.incident import IncidentKind, TheftLink
from qiyafa.model.label import Label, Tlp
from qiyafa.sharing.incident_labels import incident_labels
from qiyafa.sharing.ioc_list import indicators, write_ioc_csv, write_ioc_list
from qiyafa.sharing.removals import Removal, write_removals_csv, write_removals_yaml
from qiyafa.sharing.strict_yaml import read_yaml

from support.labels import HUOBI, ROUTER, labels, made_label
from support.parcels import made_incident, made_source, parcel_of

EXECUTED = ("=", "+", "-", "@", "\t", "\r")


def rows(lines: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(lines, newline="")))


def test_only_what_states_a_risk_is_to_be_looked_out_for() -> None:
    risky = made_label(ROUTER, risk=Category.MIXER)
    assert indicators([made_label(HUOBI, "BTC"), risky, risky]) == [risky]


def test_a_list_holds_each_address_once_whoever_speaks_of_it() -> None:
    said = [made_label(ROUTER), made_label(ROUTER, source="another"), made_label(HUOBI, "BTC")]
    assert "".join(write_ioc_list(said)) == f"{ROUTER}\n{HUOBI}\n"


def test_an_address_that_no_line_can_hold_is_not_in_the_list() -> None:
    assert not list(write_ioc_list([made_label("two\nlines", ""), made_label("turned\u202e", "")]))


@given(labels())
def test_no_cell_begins_with_what_a_spreadsheet_executes(label: Label) -> None:
    for row in rows("".join(write_ioc_csv([label], lambda chain: chain))):
        assert not any(cell.startswith(EXECUTED) for cell in row)


def test_the_table_says_who_says_so_and_how_far_it_may_go() -> None:
    label = made_label(ROUTER, risk=Category.MIXER, tlp=Tlp.GREEN, source_url="https://example.org/x")
    head, row = rows("".join(write_ioc_csv([label], lambda _: "ETH")))
    assert dict(zip(head, row, strict=True)) == {
        "address": ROUTER,
        "chain": "eip155:1",
        "symbol": "ETH",
        "name": "a mixer",
        "category": "mixer",
        "incident": "",
        "confidence": "authority_data",
        "grade": "A2",
        "tlp": "TLP:GREEN",
        "source": "somebody",
        "source_url": "https://example.org/x",
    }


def test_the_thiefs_address_of_an_incident_is_a_label_as_strict_as_its_strictest_source() -> None:
    theft = TheftLink(Theft("theft", "eip155:1", ROUTER), "paper")
    incident = made_incident(thefts=(theft, TheftLink(Theft("no-address", "eip155:1"), "paper")), source="report")
    parcel = parcel_of(made_source(), made_source("paper", tlp=Tlp.AMBER, publisher="Police"), incident)
    (label,) = incident_labels(parcel, FORMATS)
    assert (label.written, label.risk, label.role, label.incident) == (ROUTER, Category.STOLEN, "theft", incident.id)
    assert (label.source, label.tlp) == ("Police", Tlp.AMBER)


def test_the_kind_of_an_incident_says_the_risk() -> None:
    theft = TheftLink(Theft("theft", "eip155:1", ROUTER), "report")
    for kind, risk in ((IncidentKind.EXTORTION, Category.RANSOMWARE), (IncidentKind.THEFT, Category.STOLEN)):
        incident = made_incident(thefts=(theft,))
        incident = type(incident)(**{name: getattr(incident, name) for name in incident.__slots__} | {"kind": kind})
        (label,) = incident_labels(parcel_of(made_source(), incident), FORMATS)
        assert label.risk is risk


@given(labels())
def test_what_is_to_be_removed_is_named_by_address_and_source_in_any_words(label: Label) -> None:
    removal = Removal(label, "2026-01-01T00:00:00.000Z")
    for row in rows("".join(write_removals_csv([removal]))):
        assert not any(cell.startswith(EXECUTED) for cell in row)
    found = read_yaml("".join(write_removals_yaml([removal])).encode(), "removals.yaml")
    listed = found["remove"]
    assert isinstance(listed, list)
    (entry,) = listed
    assert isinstance(entry, dict)
    assert (entry["address"], entry["label"]) == (label.written, label.id)
