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
from dataclasses import dataclass, field
from pathlib import Path

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


@dataclass
class TextCase:
    """A ledger, a case on it, and the answers by (method, theft)."""

    title: str
    columns: TransferColumns
    planned: PlannedCase
    answers: dict[tuple[str, str], Rest]
    touched: dict[str, set[str]]


@dataclass
class _Reading:
    title: str = ""
    transfers: list[Transfer] = field(default_factory=list)
    thefts: dict[str, dict[str, object]] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    answers: dict[tuple[str, str], Rest] = field(default_factory=dict)
    touched: dict[str, set[str]] = field(default_factory=dict)
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
    reading.answers, reading.touched = read_answers(answers)
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
    limits = Limits(
        until_block=reading.limits.get("until"),
        max_hops=reading.limits.get("hops"),
        min_units=reading.limits.get("units"),
    )
    head = max((transfer.block_number or 0 for transfer in reading.transfers), default=0)
    case = Case("case", reading.title, thefts, tuple(reading.stops))
    return TextCase(reading.title, columns, plan_case(columns, case, limits, head), reading.answers, reading.touched)


def _read_line(reading: _Reading, line: str) -> None:
    if line.startswith("#"):
        reading.title = reading.title or line.lstrip("# ")
        return
    line = line.split("  #")[0].strip()
    if not line:
        return
    if match := re.fullmatch(r"theft (\w+): (\w+)( from (\d+))?( (\w+))?", line):
        asset = None if match[6] is None else asset_of(match[6])
        reading.thefts[match[1]] = {"address": match[2], "from_block": int(match[4] or 0), "asset": asset}
    elif match := re.fullmatch(r"stop (\w+): (.+)", line):
        reading.stops.append(Stop(CHAIN, match[1], match[2]))
    elif match := re.fullmatch(r"limit (hops|units|until) (\d+)", line):
        reading.limits[match[1]] = int(match[2])
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


def read_answers(lines: str) -> tuple[dict[tuple[str, str], Rest], dict[str, set[str]]]:
    """Read the answers of a case: what rests by (method, theft), and what poison touched by theft."""
    answers: dict[tuple[str, str], Rest] = {}
    touched: dict[str, set[str]] = {}
    for line in lines.splitlines():
        _read_answer(answers, touched, line.split("#")[0].strip())
    return answers, touched


def _read_answer(answers: dict[tuple[str, str], Rest], touched: dict[str, set[str]], line: str) -> None:
    if not line:
        return
    match = re.fullmatch(r"([\w ]+) (\w+):(.*)", line)
    if match is None:
        raise ValueError(f"not an answer: {line!r}")
    methods, theft, words = match[1].split(), match[2], match[3].strip()
    if methods == ["poison"]:
        touched[theft] = set(words.split())
        return
    rest: Rest = {}
    for part in filter(None, (part.strip() for part in words.split(","))):
        named = re.fullmatch(r"((?:stopped )?\w+) (\d+)( \w+)?", part)
        if named is None:
            raise ValueError(f"not a holding: {part!r}")
        rest[named[1] + (named[3] or "")] = int(named[2])
    for method in methods:
        answers[method, theft] = rest


def rest_of(columns: TransferColumns, planned: PlannedCase, outcome: Outcome, theft: str) -> Rest:
    """Return what rests of a theft, in the words of a case's answer."""
    colour = [one.id for one in planned.thefts].index(theft) + 1
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


def touched_of(columns: TransferColumns, planned: PlannedCase, outcome: Outcome, theft: str) -> set[str]:
    """Return the addresses that poison touched for a theft."""
    colour = [one.id for one in planned.thefts].index(theft) + 1
    touched = outcome.touched
    places = touched.place[touched.colour == colour]
    return {columns.address_of(int(place)) for place in places[~is_pool(columns, places)]}


def claimed_of(columns: TransferColumns, planned: PlannedCase, outcome: Outcome, theft: str) -> int:
    """Return all units of a theft, over all assets."""
    colour = [one.id for one in planned.thefts].index(theft) + 1
    claims = outcome.claims
    return sum(claims.units(index) for index in range(len(claims)) if claims.colour[index] == colour)
