"""Screen addresses: ask lists, labels, the ledger and clusters, and judge what they say by the rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qiyafa.app.exposure_sources import Books, RiskBook
from qiyafa.app.ground_answer import NOTHING_ASKED, Moment
from qiyafa.app.home import Home
from qiyafa.app.label_level import LabelsUpTo
from qiyafa.app.lists import open_lists
from qiyafa.app.rules import read_rules
from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import VERBATIM, AddressReading, Identity
from qiyafa.model.designation import ListCoverage
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.model.label import Tlp
from qiyafa.model.ports import Progress, silent
from qiyafa.model.verdict import LedgerCoverage, Outcome, Reason, ScreenRequest, Verdict
from qiyafa.screen.covered import not_covered
from qiyafa.screen.evidence import Circumstances, Evidence
from qiyafa.screen.judge import judge
from qiyafa.screen.rules import Rules
from qiyafa.stores.labels import LabelStore

if TYPE_CHECKING:
    from qiyafa.app.screen_ground import LedgerGround

_CLOCKS_DIFFER: Final = timedelta(days=1)
"""A moment so far ahead is still taken for now: clocks and time zones differ."""
_ATTEMPTS: Final = 5
"""So often lists or labels may change while addresses are screened."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a screening could answer now, and what it would rest on."""

    is_ready: bool
    reasons: tuple[Reason, ...]
    """What could not be asked, what makes it unready first."""
    lists: tuple[ListCoverage, ...]
    labels_version: str
    rules_version: str
    ledgers: tuple[LedgerCoverage, ...]
    """The heads of the ledger's chains; `status` is empty, as no address is asked about."""


class Screener:
    """Answers for any number of addresses, from any number of threads. Stores may change under it: it notices."""

    def __init__(
        self, books: Books, rules: Rules, now: Callable[[], datetime], ground: "LedgerGround | None" = None
    ) -> None:
        self.books = books
        self.rules = rules
        self._now = now
        self._ground = ground

    @classmethod
    def open(
        cls,
        home: Home,
        *,
        ledger: Path | None,
        rules: Path | None,
        precompute: bool = False,
        level: Tlp = Tlp.RED,
        now: Callable[[], datetime],
        progress: Progress = silent,
    ) -> "Screener":
        """Open the stores of a home, and a ledger if one is given. A store that is missing answers nothing.

        `precompute` traces the exposure of all addresses at once, for a service; labels above a level are not asked,
        for whoever is answered. Raises QiyafaError for a damaged store, a ledger that is not there, or a mistake in
        the rules.
        """
        labels: RiskBook = LabelStore.reading(home.labels)
        books = Books(open_lists(home), labels if level is Tlp.RED else LabelsUpTo(labels, level), FORMATS, level)
        read = read_rules(rules)
        if ledger is None:
            return cls(books, read, now)
        # Kernels take a moment to load; lists and labels alone answer without them.
        from qiyafa.app.screen_ground import LedgerGround

        ground = LedgerGround(ledger, home, books, read, progress)
        screener = cls(books, read, now, ground)
        if precompute:
            ground.precompute(Moment(screener.moment(None)))
        return screener

    def screen(
        self,
        requests: Sequence[ScreenRequest],
        *,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
        with_evidence: bool = True,
    ) -> list[Verdict]:
        """Return a verdict for each request, in order; as of now by default. Raises InvalidInput for the future.

        All rest on the same lists and labels: if these change meanwhile, everything is asked again. Without evidence
        exposure is given by category alone, for very many addresses; lists and labels answer as ever.
        """
        moment = Moment(self.moment(as_of), known_at)
        for _ in range(_ATTEMPTS):
            versions = self._versions()
            circumstances = self._circumstances(moment)
            found = (self._evidence(request, circumstances, moment, with_evidence) for request in requests)
            verdicts = [judge(evidence, self.rules) for evidence in found]
            if self._versions() == versions:
                return verdicts
        raise Unavailable("screen.error.moving")

    def check_chain(self, chain: str) -> None:
        """Raise InvalidInput, with the nearest right one, for a chain that Qiyafa does not know."""
        self.books.reader.read("", chain)

    def moment(self, as_of: datetime | None) -> datetime:
        """Return the moment that is asked about, in UTC: now if none is given. Raises InvalidInput for the future."""
        now = self._now()
        if as_of is None:
            return now.astimezone(UTC).replace(microsecond=0)
        if as_of - now > _CLOCKS_DIFFER:
            raise InvalidInput("screen.error.future", as_of=as_of.isoformat())
        return as_of.astimezone(UTC)

    def readiness(self) -> Readiness:
        """Return whether an address of a known format that no list knows would get an answer now, and what lacks."""
        moment = Moment(self.moment(None), None)
        circumstances = self._circumstances(moment)
        ledgers = () if self._ground is None else self._ground.heads()
        evidence = Evidence("", AddressReading("", (Identity(VERBATIM, ""),), ()), {}, circumstances, ledgers=ledgers)
        lacking = tuple(not_covered(evidence, self.rules))
        return Readiness(
            is_ready=not any(reason.outcome is Outcome.UNAVAILABLE for reason in lacking),
            reasons=lacking,
            lists=circumstances.lists,
            labels_version=circumstances.labels_version,
            rules_version=self.rules.version,
            ledgers=tuple(one.coverage for one in ledgers),
        )

    def _versions(self) -> tuple[str, str]:
        return self.books.lists.version(), self.books.labels.version()

    def _circumstances(self, moment: Moment) -> Circumstances:
        day: date = moment.as_of.date()
        return Circumstances(
            as_of=moment.as_of,
            lists=tuple(self.books.lists.coverage(day)),
            labels_version=self.books.labels.version(),
            ledger_chains=None if self._ground is None else self._ground.chains(),
            lists_known_at=moment.known_at,
            labels_up_to=self.books.level,
        )

    def _evidence(
        self, request: ScreenRequest, circumstances: Circumstances, moment: Moment, with_evidence: bool
    ) -> Evidence:
        reading, unknown_chain = self._read(request)
        identities = self._identities(request, reading)
        designations = tuple(self.books.lists.of(identities))
        storable = [one for one in identities if _is_whole(one)]
        labels = tuple(self.books.labels.of(storable, moment.as_of, moment.known_at)) if storable else ()
        asked = NOTHING_ASKED
        if self._ground is not None and reading.is_known_format:
            asked = self._ground.ask(
                reading, has_chain=request.chain is not None, moment=moment, with_evidence=with_evidence
            )
        return Evidence(
            address=request.address,
            reading=reading,
            chain_of=self._chains_of(identities, reading) if designations or labels else {},
            circumstances=circumstances,
            unknown_chain=unknown_chain,
            designations=designations,
            labels=labels,
            exposures=asked.exposures,
            weighed=asked.weighed,
            poisonings=asked.poisonings,
            neighbours=asked.neighbours,
            clusters=asked.clusters,
            ledgers=asked.ledgers,
        )

    def _read(self, request: ScreenRequest) -> tuple[AddressReading, str]:
        """Return what the text may be, and the chain's name if nobody knows it."""
        try:
            return self.books.reader.read(request.address, request.chain), ""
        except InvalidInput:
            reading = self.books.reader.read(request.address)
            return replace(reading, chains=()), request.chain or ""

    def _identities(self, request: ScreenRequest, reading: AddressReading) -> tuple[Identity, ...]:
        """Return what lists are asked for. A listed address under a wrong chain is still listed."""
        if reading.is_known_format or request.chain is None:
            return reading.identities
        return (*reading.identities, *self.books.reader.read(request.address).identities)

    def _chains_of(self, identities: Sequence[Identity], reading: AddressReading) -> dict[Identity, str]:
        return {
            identity: chain
            for identity in identities
            for chain in reading.chains[::-1]
            if self.books.reader.canonical(identity, chain) is not None
        }


def _is_whole(identity: Identity) -> bool:
    """Tell whether a store could hold an address: bytes that are no UTF-8 become half characters, which none holds."""
    return identity.key.isascii() or not any("\ud800" <= one <= "\udfff" for one in identity.key)
