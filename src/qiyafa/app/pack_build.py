"""Build a screening pack: judge every address that a list, a label or the ledger knows, and sign the answers.

A pack says of each address what `qiyafa screen` says of it at the pack's moment by the same rules, and of every other
what `qiyafa screen` says of an address that nothing is known of. It holds for some days and no longer than its lists
answer: then they must be asked anew.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qiyafa import __version__
from qiyafa.app.exposure_sources import Books, designated_category
from qiyafa.app.home import Home
from qiyafa.app.screen import Screener
from qiyafa.model.address import VERBATIM, AddressReading, Identity
from qiyafa.model.category import Category
from qiyafa.model.label import Label, Tlp, rank
from qiyafa.model.ports import Progress, silent
from qiyafa.model.verdict import Outcome, Reason, ReasonKind, Verdict
from qiyafa.screen.covered import answers
from qiyafa.screen.evidence import Circumstances, Evidence
from qiyafa.screen.judge import judge
from qiyafa.screen.rules import Rules
from qiyafa.stores.pack_build import Signer, write_pack
from qiyafa.stores.pack_evidence import EvidencePool, PackEvidence
from qiyafa.stores.pack_header import AbsentAnswer, PackContents, PackHeader, PackNote
from qiyafa.stores.pack_record import PackRecord, record_rows
from qiyafa.stores.pack_signing import public_bytes, signing_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from qiyafa.app.pack_ledger import ExposedAddress, PackGround

VALID_DAYS: Final = 7
"""A pack is good for so many days where nobody says otherwise."""
_AT_ONCE: Final = 1000
"""So many addresses are looked up together."""
_STAGE: Final = "pack.stage.judging"
_LONGEST_ENTRY: Final = 200
_SOME_TEXT: Final = "-"
"""Stands for an address where the text itself does not matter; an empty one would be said to be empty."""
_IN_FORCE: Final = "lists.in_force"
"""The rule that weighs a designation in force."""


@dataclass(frozen=True, slots=True)
class PackRequest:
    """Which pack is wanted."""

    out: Path
    home: Home
    ledger: Path | None = None
    """None: exposure is not asked for."""
    rules: Path | None = None
    as_of: datetime | None = None
    """None: now."""
    valid_days: int = VALID_DAYS
    key: Path | None = None
    """The signing key; None: that of the home, made at the first use."""
    level: Tlp = Tlp.AMBER_STRICT
    """Stricter labels are not asked: whoever has the pack could read them out of it."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every address is judged by."""

    books: Books
    rules: Rules
    circumstances: Circumstances
    ledger: "PackGround | None"

    def known(self) -> set[Identity]:
        """Return every address that a list or a label knows."""
        listed = {identity for one in self.books.lists.each() for identity in one.identities}
        return listed | {label.identity for label in self.books.labels.each(self.circumstances.as_of)}

    def labelled(self, identities: Sequence[Identity]) -> Iterator[tuple[Identity, list[Label]]]:
        """Yield addresses with their labels, as a screening asks for them, but many at once."""
        found: dict[Identity, list[Label]] = {}
        for label in self.books.labels.with_keys([one.key for one in identities], self.circumstances.as_of):
            found.setdefault(label.identity, []).append(label)
        for identity in identities:
            yield identity, sorted(found.get(identity, ()), key=rank)

    def record(
        self, identity: Identity, labels: Sequence[Label] = (), exposed: "ExposedAddress | None" = None
    ) -> PackRecord:
        """Judge an address by what lists, labels and the ledger say of it."""
        designations = tuple(self.books.lists.of([identity]))
        evidence = replace(self._evidence(identity), designations=designations, labels=tuple(labels))
        if exposed is None:
            return _record(identity, judge(evidence, self.rules))
        verdict = judge(replace(evidence, weighed=exposed.weighed), self.rules)
        return replace(_record(identity, verdict), chain=exposed.chain, exposures=exposed.exposures)

    def absent(self, identity: Identity) -> AbsentAnswer:
        """Return what is said of an address that nothing is known of."""
        verdict = judge(self._evidence(identity), self.rules)
        formats = [reason for reason in verdict.reasons if reason.kind is ReasonKind.FORMAT]
        notes = [PackNote(one.key, tuple(one.fields.items())) for one in (*formats, *verdict.not_covered)]
        return AbsentAnswer(verdict.outcome, (*notes, *(self.ledger.notes() if self.ledger is not None else ())))

    def _evidence(self, identity: Identity) -> Evidence:
        """Return evidence that knows nothing but where the ledger stands."""
        facts = () if self.ledger is None else self.ledger.facts
        reading = AddressReading(_SOME_TEXT, (identity,), self.circumstances.ledger_chains or ())
        return Evidence(_SOME_TEXT, reading, {}, self.circumstances, ledgers=facts)


def build_pack(request: PackRequest, *, now: Callable[[], datetime], progress: Progress = silent) -> PackHeader:
    """Build and sign a pack. Raises QiyafaError if a store, the ledger, the rules or the key cannot be used."""
    signer = _signer(request)
    bench = _bench(request, now, progress)
    records = list(_records(bench, progress))
    contents = _contents(bench, records, _valid_until(bench, request, now().astimezone(UTC).replace(microsecond=0)))
    pool = EvidencePool()
    rows = record_rows(records, contents.format_numbers, contents.chain_numbers, pool)
    return write_pack(request.out, contents, rows, pool.data(), signer, progress)


def _bench(request: PackRequest, now: Callable[[], datetime], progress: Progress) -> _Bench:
    screener = Screener.open(
        request.home, ledger=None, rules=request.rules, level=request.level, now=now, progress=progress
    )
    books, rules, moment = screener.books, screener.rules, screener.moment(request.as_of)
    ground = None
    if request.ledger is not None:
        from qiyafa.app.pack_ledger import PackGround

        ground = PackGround(request.ledger, request.home, books, rules, progress)
    lists, chains = tuple(books.lists.coverage(moment.date())), None if ground is None else ground.chains
    labels = books.labels.version()
    return _Bench(books, rules, Circumstances(moment, lists, labels, chains, labels_up_to=books.level), ground)


def _records(bench: _Bench, progress: Progress) -> Iterator[PackRecord]:
    """Yield a record for every address that a list or a label knows, then for each that is exposed on a chain."""
    known = bench.known()
    identities = sorted(known)
    for begin in range(0, len(identities), _AT_ONCE):
        progress(_STAGE, begin, len(known))
        for identity, labels in bench.labelled(identities[begin : begin + _AT_ONCE]):
            yield bench.record(identity, labels)
    if bench.ledger is not None:
        for exposed in bench.ledger.exposed(bench.circumstances.as_of):
            some = [exposed.identity] if exposed.identity in known else []
            labels = [label for _, found in bench.labelled(some) for label in found]
            yield bench.record(exposed.identity, labels, exposed)


def _record(identity: Identity, verdict: Verdict) -> PackRecord:
    categories: set[Category] = set()
    evidence: list[PackEvidence] = []
    for reason in verdict.reasons:
        references, named = _found(reason)
        categories |= named
        if references:
            evidence.append(_evidence(reason, references))
    return PackRecord(identity, verdict.outcome, "", frozenset(categories), (), tuple(dict.fromkeys(evidence)))


def _found(reason: Reason) -> tuple[tuple[str, ...], set[Category]]:
    """Return what a reason rests on, and the categories that it puts the address into.

    An exposure rests on transfers, which a pack does not hold: it names the rule.
    """
    if reason.kind is ReasonKind.EXPOSURE:
        return (reason.rule,), set()
    designations: Any = reason.evidence.get("designations", ())
    labels: Any = reason.evidence.get("labels", ())
    listed = {designated_category(one["authority"]) for one in designations} if reason.rule == _IN_FORCE else set()
    named = {Category(one["risk"] or one["category"]) for one in labels}
    references = [
        f"{one['list']}/{one['version']}/{one['entry'] or one['written'][:_LONGEST_ENTRY]}" for one in designations
    ]
    return (*references, *(one["id"] for one in labels)), listed | named


def _evidence(reason: Reason, references: tuple[str, ...]) -> PackEvidence:
    """Return a reason for the pack; what changes nothing is only referred to, and exposures speak for themselves."""
    if reason.kind is ReasonKind.EXPOSURE:
        return PackEvidence(reason.kind, reason.outcome, references, "pack.reason.exposure", (("rule", reason.rule),))
    if reason.outcome is Outcome.NO_HIT and reason.kind is ReasonKind.LABEL:
        return PackEvidence(reason.kind, reason.outcome, references)
    return PackEvidence(reason.kind, reason.outcome, references, reason.key, tuple(reason.fields.items()))


def _valid_until(bench: _Bench, request: PackRequest, made: datetime) -> datetime:
    """Return when the pack expires: some days after it was made, or when the lists of an authority no longer answer.

    A pack that speaks of a moment in the past does not get staler, and where no list answers now, time takes nothing.
    """
    ends = [made + timedelta(days=request.valid_days)]
    most = timedelta(days=bench.rules.lists.max_age_days + 1)
    for authority in bench.rules.lists.required if request.as_of is None else ():
        lists = [one for one in bench.circumstances.lists if one.authority == authority and answers(one, bench.rules)]
        days = [one.published for one in lists if one.published is not None]
        ends += [datetime.combine(max(days) + most, time(), tzinfo=UTC)] if days else []
    return min(ends)


def _contents(bench: _Bench, records: Sequence[PackRecord], valid_until: datetime) -> PackContents:
    known, unreadable = Identity("", ""), Identity(VERBATIM, "")
    return PackContents(
        as_of=bench.circumstances.as_of,
        valid_until=valid_until,
        made_by=f"qiyafa {__version__}",
        formats=tuple(sorted({record.identity.format for record in records})),
        chains=bench.circumstances.ledger_chains or (),
        lists=bench.circumstances.lists,
        labels_version=bench.circumstances.labels_version,
        rules_version=bench.rules.version,
        ledgers=() if bench.ledger is None else bench.ledger.heads(),
        absent=bench.absent(known),
        unreadable=bench.absent(unreadable),
    )


def _signer(request: PackRequest) -> Signer:
    own = request.home.with_folder().signing_key
    key = signing_key(own, _new_key) if request.key is None else signing_key(request.key)
    return Signer(public_bytes(key), key.sign)


def _new_key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()
