"""OFAC's list of Specially Designated Nationals in its advanced XML (`SDN_ADVANCED.XML`, the UN's sanctions model).

Read in one pass: the reference values come first, then the parties with their features (digital-currency addresses
are features), the relations between them, and last the entries that say since when each party is listed. What an id
means is read from the file: features by the text `Digital Currency Address - <ticker>`. Elements are known by their
local names, as the namespace has changed (2024). A file in which a digital-currency feature has no known type, or a
listed party no date, is read and says so.
Format: https://ofac.treasury.gov/sanctions-list-service, sdn_advanced_notes.pdf and the XSD beside it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final
from xml.etree.ElementTree import Element

from qiyafa.lists.ofac_sdn_parties import Profile, ReferenceValues, read_profile, spoken
from qiyafa.lists.ownership import blocked_by_ownership
from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList, only_file
from qiyafa.lists.xml_records import xml_records
from qiyafa.model.designation import Party
from qiyafa.model.errors import Field, Problem
from qiyafa.model.ports import AddressReader
from qiyafa.text import text

_ID: Final = "ofac-sdn"
_AUTHORITY: Final = "ofac"
_WANTED: Final = frozenset(
    {"DateOfIssue", "ReferenceValueSets", "DistinctParty", "ProfileRelationship", "SanctionsEntry"}
)
_OWNED: Final = re.compile(r"\bowned\b", re.IGNORECASE)
_REMOVED: Final = re.compile(r"remov|delist|delet|revok", re.IGNORECASE)
_SHARE: Final = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:%|percent\b)", re.IGNORECASE)


@dataclass(slots=True)
class _Listing:
    """What the entries of one profile say."""

    events: list[tuple[date, bool, str]] = field(default_factory=list)
    """(day, whether it takes the party off, legal basis)."""
    programmes: dict[str, None] = field(default_factory=dict)

    def periods(self) -> list[tuple[date | None, date | None]]:
        """Return (from, to) of every time that it was listed, in order; one without days if no day is known."""
        found: list[tuple[date | None, date | None]] = []
        since: date | None = None
        for day, is_removal, _ in sorted(self.events):
            if is_removal and since is not None:
                found.append((since, day))
                since = None
            elif not is_removal and since is None:
                since = day
        if since is not None or not found:
            found.append((since, None))
        return found


@dataclass(slots=True)
class _Reading:
    """One pass over one file."""

    file: str
    published: date | None = None
    values: ReferenceValues = field(default_factory=ReferenceValues)
    profiles: dict[str, Profile] = field(default_factory=dict)
    listings: dict[str, _Listing] = field(default_factory=dict)
    owners: dict[str, list[tuple[str, Fraction]]] = field(default_factory=dict)
    """(profile of an owner, share) by profile."""
    problems: list[Problem] = field(default_factory=list)

    def take(self, element: Element) -> None:
        """Take one record of the file."""
        match element.tag:
            case "DateOfIssue":
                self.published = self.published or _day(element)
            case "ReferenceValueSets":
                self.values = ReferenceValues.read(element)
            case "DistinctParty":
                self._take_party(element)
            case "ProfileRelationship":
                self._take_relation(element)
            case "SanctionsEntry":
                self._take_entry(element)

    def _take_party(self, element: Element) -> None:
        for found in element.iter("Profile"):
            profile, unknown = read_profile(found, element.get("FixedRef", ""), self.values)
            self.profiles[profile.id] = profile
            self.problems += [
                Problem(self.file, profile.entry, "lists.problem.feature_type", {"type": one}) for one in unknown
            ]

    def _take_relation(self, element: Element) -> None:
        """Keep who owns whom, where the file states a share; the owned party stands on the side of `From`."""
        kind = self.values.relations.get(element.get("RelationTypeID", ""), "")
        share = _SHARE.search(spoken(element.find("Comment")))
        if _OWNED.search(kind) and share and element.get("Former", "false").lower() != "true":
            stated = Fraction(share.group(1)) / 100
            owned, owner = element.get("From-ProfileID", ""), element.get("To-ProfileID", "")
            if stated <= 1:
                self.owners.setdefault(owned, []).append((owner, stated))

    def _take_entry(self, element: Element) -> None:
        listing = self.listings.setdefault(element.get("ProfileID", ""), _Listing())
        for event in element.findall("EntryEvent"):
            kind = self.values.events.get(event.get("EntryEventTypeID", ""), "")
            basis = self.values.legal_bases.get(event.get("LegalBasisID", ""), "")
            date_element = event.find("Date")
            if date_element is not None and (day := _day(date_element)) is not None:
                listing.events.append((day, bool(_REMOVED.search(kind)), basis))
        for measure in element.findall("SanctionsMeasure"):
            programme = spoken(measure.find("Comment"))
            if programme and self.values.measures.get(measure.get("SanctionsTypeID", "")) == "Program":
                listing.programmes[programme] = None


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the listed parties and their digital-currency addresses. Raises InvalidInput for what is no such file."""
    file, data = only_file(files, _ID)
    reading = _Reading(file)
    for element in xml_records(file, data, "Sanctions", _WANTED):
        reading.take(element)
    _add_owned(reading)
    parties: list[Party] = []
    drafts: list[DraftDesignation] = []
    for profile in reading.profiles.values():
        listing = reading.listings.get(profile.id)
        if listing is None:
            if profile.addresses:
                counted: dict[str, Field] = {"party": profile.name, "count": len(profile.addresses)}
                reading.problems.append(Problem(file, profile.entry, "lists.problem.not_listed", counted))
            continue
        parties.append(_party(profile, listing, reading))
        drafts += _drafts(profile, listing)
        if not listing.events:
            reading.problems.append(Problem(file, profile.entry, "lists.problem.no_date", {"party": profile.name}))
    return ParsedList(reading.published, tuple(drafts), tuple(parties), tuple(reading.problems))


def _add_owned(reading: _Reading) -> None:
    """Give parties that are not listed, but owned to half by listed ones, a listing of the owners' making."""
    listed = {
        profile: periods[-1][0]
        for profile, listing in reading.listings.items()
        if (periods := listing.periods())[-1][1] is None
    }
    dated = {profile: since or date.min for profile, since in listed.items()}
    for profile, block in blocked_by_ownership(reading.owners, dated).items():
        names = [reading.profiles[owner].name for owner in block.owners if owner in reading.profiles]
        reason = text("lists.reason.owned", percent=int(block.share * 100), owners="; ".join(names))
        event = [] if block.since == date.min else [(block.since, False, reason)]
        reading.listings.setdefault(profile, _Listing(events=event))


def _party(profile: Profile, listing: _Listing, reading: _Reading) -> Party:
    periods = listing.periods()
    owners = [
        (reading.profiles[owner].entry, share)
        for owner, share in reading.owners.get(profile.id, ())
        if owner in reading.profiles
    ]
    return Party(
        list_id=_ID,
        authority=_AUTHORITY,
        entry=profile.entry,
        name=profile.name,
        aliases=profile.aliases,
        kind=profile.kind,
        programmes=tuple(listing.programmes),
        listed_from=periods[0][0],
        listed_to=periods[-1][1],
        owners=tuple(owners),
    )


def _drafts(profile: Profile, listing: _Listing) -> Iterator[DraftDesignation]:
    bases = dict.fromkeys(basis for _, _, basis in sorted(listing.events) if basis)
    for ticker, written in profile.addresses:
        for since, until in listing.periods():
            yield DraftDesignation(
                entry=profile.entry,
                party=profile.name,
                written=written,
                declared=ticker,
                programmes=tuple(listing.programmes),
                listed_from=since,
                listed_to=until,
                reason="; ".join(bases),
            )


def _day(element: Element) -> date | None:
    """Return the day of a `Date`; its first day where only a year or month is stated, None for what is no day."""
    numbers = [spoken(element.find(part)) or "1" for part in ("Month", "Day")]
    try:
        return date(int(spoken(element.find("Year"))), int(numbers[0]), int(numbers[1]))
    except ValueError:
        return None


SOURCE: Final = ListSource(
    id=_ID,
    authority=_AUTHORITY,
    title="OFAC's Specially Designated Nationals, with names, programmes and days",
    publisher="Office of Foreign Assets Control, U.S. Department of the Treasury",
    format="SDN_ADVANCED.XML (sanctions data model 1.0)",
    licence="work of the United States government, public domain",
    parse=parse,
    urls=("https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/SDN_ADVANCED.XML",),
    least_parties=10_000,
    least_addresses=500,
)
