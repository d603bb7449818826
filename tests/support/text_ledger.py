"""Ledgers written as text, with the answers below them: the form of every file in `cases/`.

    # The title: what this case shows.
    theft a: thief from 10               every receipt of thief, and all it holds at block 10
    stop exchange: mixes customers
    limit hops 2                         also: limit units 5, limit until 11
    9  alice -> thief 5                  block, payer, payee, units
    9  nobody -> alice 7                 a reward
    10 thief -> bob 6 usd @b             another asset than the native one; this transfer is the theft b
    10 thief fee 1                       a fee belongs to the transaction that follows
    ---
    fifo a: bob 5, thief 3, fees 1, stopped exchange 2, untraced 1
    poison a: bob thief

Amounts are units, `usd` after a holder names another asset. A line names everything that rests: what it does not
name must be nothing. A line for several methods: `fifo lifo a: ...`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from qiyafa.model.case import Case, Limits, Stop, Theft, TransferRef
from qiyafa.model.columns import TransferColumns
from qiyafa.model.ledger import Transfer, TransferKind
from qiyafa.stores.memory import columns_from_transfers
from qiyafa.trace.lowering import is_pool
from qiyafa.trace.outcome import UNTRACED, Ending, Outcome
from qiyafa.trace.planning import PlannedCase, plan_case

CHAIN = "test:1"
NATIVE = "test:1/coin"

Rest = dict[str, int]
"""By what rests where, in the words of a case's answer."""


@dataclass(frozen=True)
class Answers:
    """What a case says, or what a tracer makes of it."""

    rests: dict[tuple[str, str], Rest]
    """By method and theft."""
    claimed: dict[tuple[str, str], int]
    """By method and theft; all of it rests somewhere."""
    touched: dict[str, set[str]]
    """By theft, the addresses that poison reached."""


@dataclass
class TextCase:
    """A ledger, a case on it, and the answers."""

    title: str
    columns: TransferColumns
    planned: PlannedCase
    answers: Answers


AnyCase = TypeVar("AnyCase", bound=TextCase)


@dataclass
class Reading:
    """What was read of a ledger so far, whatever its form."""

    title: str = ""
    stops: list[Stop] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)

    def rest(self, line: str) -> str:
        """Take a title, a stop or a limit; return what a line without its comment says beyond them."""
        if line.startswith("#"):
            self.title = self.title or line.lstrip("# ")
            return ""
        line = line.split("  #")[0].strip()
        if match := re.fullmatch(r"stop (\w+): (.+)", line):
            self.stops.append(Stop(CHAIN, match[1], match[2]))
        elif match := re.fullmatch(r"limit (hops|units|until) (\d+)", line):
            self.limits[match[1]] = int(match[2])
        else:
            return line
        return ""

    def stated_limits(self) -> Limits:
        """Return the limits of the case."""
        return Limits(
            until_block=self.limits.get("until"),
            max_hops=self.limits.get("hops"),
            min_units=self.limits.get("units"),
        )


@dataclass
class _Reading(Reading):
    transfers: list[Transfer] = field(default_factory=list)
    thefts: dict[str, dict[str, object]] = field(default_factory=dict)
    fee: Transfer | None = None
    transactions: int = 0


def read_case_file(path: Path) -> TextCase:
    """Read a case from a file."""
    return read_text_case(path.read_text(encoding="utf-8"))


def read_text_case(content: str) -> TextCase:
    """Read a case from text."""
    ledger, _, answers = content.partition("\n---")
    reading = _Reading()
    for line in ledger.splitlines():
        _read_line(reading, line)
    thefts = tuple(
        Theft(
            id=name,
            chain=CHAIN,
            address=form.get("address"),  # type: ignore[arg-type]
            from_block=form.get("from_block", 0),  # type: ignore[arg-type]
            transfers=tuple(form.get("transfers", ())),  # type: ignore[arg-type]
            asset=form.get("asset"),  # type: ignore[arg-type]
        )
        for name, form in reading.thefts.items()
    )
    columns = columns_from_transfers(reading.transfers, CHAIN)
    head = max((transfer.block_number or 0 for transfer in reading.transfers), default=0)
    case = Case("case", reading.title, thefts, tuple(reading.stops))
    planned = plan_case(columns, case, reading.stated_limits(), head)
    return TextCase(reading.title, columns, planned, read_answers(answers))


def _read_line(reading: _Reading, line: str) -> None:
    line = reading.rest(line)
    if not line:
        return
    if match := re.fullmatch(r"theft (\w+): (\w+)( from (\d+))?( (\w+))?", line):
        asset = None if match[6] is None else asset_of(match[6])
        reading.thefts[match[1]] = {"address": match[2], "from_block": int(match[4] or 0), "asset": asset}
    elif match := re.fullmatch(r"(\d+) +(\w+) fee (\d+)", line):
        reading.fee = _transfer(reading, int(match[1]), match[2], "", int(match[3]), NATIVE, TransferKind.FEE)
        reading.transfers.append(reading.fee)
    elif match := re.fullmatch(r"(\d+) +(\w+) -> (\w+) (\d+)( (?!@)(\w+))?((?: @\w+)*)", line):
        source = "" if match[2] == "nobody" else match[2]
        kind = TransferKind.TOKEN if match[6] else TransferKind.NATIVE if source else TransferKind.REWARD
        transfer = _transfer(reading, int(match[1]), source, match[3], int(match[4]), asset_of(match[6]), kind)
        reading.transfers.append(transfer)
        for theft in re.findall(r"@(\w+)", match[7]):
            form = reading.thefts.setdefault(theft, {"transfers": []})
            form["transfers"].append(TransferRef(transfer.transaction_hash, transfer.position))  # type: ignore[attr-defined]
    else:
        raise ValueError(f"not a line of a ledger: {line!r}")


def _transfer(
    reading: _Reading, block: int, source: str, target: str, units: int, asset: str, kind: TransferKind
) -> Transfer:
    """Make a transfer; one after a fee belongs to the fee's transaction."""
    position = 0 if kind is TransferKind.FEE else 1
    if reading.fee is not None and position:
        index, transaction = reading.transactions, reading.fee.transaction_hash
    else:
        reading.transactions += 1
        index, transaction = reading.transactions, f"tx{reading.transactions}"
    reading.fee = None
    return Transfer(CHAIN, block, index, position, None, transaction, kind, source, target, asset, units)


def asset_of(name: str | None) -> str:
    """Return the asset that a case file means by a name."""
    return NATIVE if name is None else f"{CHAIN}/token:{name}"


def read_answers(lines: str) -> Answers:
    """Read the answers of a case; what a theft claimed is the sum of what rests of it."""
    answers = Answers({}, {}, {})
    for line in lines.splitlines():
        _read_answer(answers, line.split("#")[0].strip())
    return answers


def _read_answer(answers: Answers, line: str) -> None:
    if not line:
        return
    match = re.fullmatch(r"([\w ]+) (\w+):(.*)", line)
    if match is None:
        raise ValueError(f"not an answer: {line!r}")
    methods, theft, words = match[1].split(), match[2], match[3].strip()
    if methods == ["poison"]:
        answers.touched[theft] = set(words.split())
        return
    rest: Rest = {}
    for part in filter(None, (part.strip() for part in words.split(","))):
        named = re.fullmatch(r"((?:stopped )?\w+) (\d+)( \w+)?", part)
        if named is None:
            raise ValueError(f"not a holding: {part!r}")
        rest[named[1] + (named[3] or "")] = int(named[2])
    for method in methods:
        answers.rests[method, theft] = rest
        answers.claimed[method, theft] = sum(rest.values())


def answers_by(case: AnyCase, trace: Callable[[AnyCase, str], Outcome]) -> Answers:
    """Return what a tracer, given a case and a method, answers to everything that the case states."""
    outcomes = {(method, theft): trace(case, method) for method, theft in case.answers.rests}
    poisoned = {theft: trace(case, "poison") for theft in case.answers.touched}
    colours = {theft.id: colour for colour, theft in enumerate(case.planned.thefts, start=1)}
    return Answers(
        {key: _rest_of(case.columns, outcome, colours[key[1]]) for key, outcome in outcomes.items()},
        {key: _claimed_of(outcome, colours[key[1]]) for key, outcome in outcomes.items()},
        {theft: _touched_of(case.columns, outcome, colours[theft]) for theft, outcome in poisoned.items()},
    )


def failing(cases: Iterable[AnyCase], trace: Callable[[AnyCase, str], Outcome]) -> list[str]:
    """Return the titles of the cases whose answers a tracer does not give, or over which it breaks."""
    failed = []
    for case in cases:
        try:
            is_right = answers_by(case, trace) == case.answers
        except (AssertionError, IndexError, KeyError, ZeroDivisionError):
            is_right = False
        if not is_right:
            failed.append(case.title)
    return failed


def _rest_of(columns: TransferColumns, outcome: Outcome, colour: int) -> Rest:
    rest: Rest = {}

    def add(words: str, place: int, units: int) -> None:
        asset = columns.asset_of(place)
        words += "" if asset == NATIVE else " " + asset.rpartition(":")[2]
        rest[words] = rest.get(words, 0) + units

    for index in range(len(outcome.held)):
        if outcome.held.colour[index] == colour:
            place = int(outcome.held.place[index])
            add(columns.address_of(place), place, outcome.held.units(index))
    flows = outcome.flows
    for index in range(len(flows)):
        if flows.colour[index] != colour:
            continue
        place, ending = int(flows.place[index]), Ending(int(flows.ending[index]))
        if ending is Ending.STOPPED:
            add(f"stopped {columns.address_of(place)}", place, flows.units(index))
        elif ending is Ending.FEE:
            add("fees", int(columns.source[flows.row[index]]), flows.units(index))
        elif ending in UNTRACED:
            add("untraced", place, flows.units(index))
    return {words: units for words, units in rest.items() if units}


def _touched_of(columns: TransferColumns, outcome: Outcome, colour: int) -> set[str]:
    touched = outcome.touched
    places = touched.place[touched.colour == colour]
    return {columns.address_of(int(place)) for place in places[~is_pool(columns, places)]}


def _claimed_of(outcome: Outcome, colour: int) -> int:
    claims = outcome.claims
    return sum(claims.units(index) for index in range(len(claims)) if claims.colour[index] == colour)
