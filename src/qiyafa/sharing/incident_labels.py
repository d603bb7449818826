"""Addresses that incidents name as the thieves' own, as labels: for ways out that know addresses and no incidents."""

from collections.abc import Iterator

from qiyafa.model.category import Category
from qiyafa.model.incident import Incident, IncidentKind
from qiyafa.model.label import Label
from qiyafa.model.parcel import Parcel, strictest, tlp_of
from qiyafa.model.ports import AddressReader
from qiyafa.sharing.label_draft import Drafting, LabelsRead, Statement, risk_of

_CATEGORIES = {IncidentKind.EXTORTION: Category.RANSOMWARE, IncidentKind.FRAUD: Category.FRAUD}
"""All other kinds: stolen funds."""
_ROLE = "theft"


def incident_labels(parcel: Parcel, reader: AddressReader) -> Iterator[Label]:
    """Yield a label for each address of a theft. The parcel must have passed the gate (`sharing.release`)."""
    sources = {one.id: one for one in parcel.sources}
    for incident in parcel.incidents:
        drafts = LabelsRead(incident.id)
        drafting = Drafting(reader, drafts)
        for link in incident.thefts:
            source = sources.get(link.source)
            if link.theft.address is None or source is None:
                continue
            level = strictest(tlp_of(incident, sources), source.tlp)
            said = _statement(incident, source.publisher or source.id, source.url, source.grade)
            drafting.add(incident.id, link.theft.address, link.theft.chain, {**said.fields(), "tlp": level})
        yield from {one.id: one for one in drafts.labels}.values()


def _statement(incident: Incident, publisher: str, url: str, grade: str) -> Statement:
    category = _CATEGORIES.get(incident.kind, Category.STOLEN)
    return Statement(
        name=incident.title or incident.id,
        entity="",
        category=category,
        risk=risk_of(category),
        routing=None,
        confidence="forensic",
        grade=grade,
        source=publisher,
        source_url=url,
        origin=url,
        role=_ROLE,
        incident=incident.id,
    )
