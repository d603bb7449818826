"""Chains of outputs written as text, with the answers below them: the form of every file in `output_cases/`.

    # The title: what this case shows.
    theft a: thief from 10                   the outputs that thief owns at block 10, and all he receives later
    theft b: outputs of pay                  every output of a transaction; a single one is marked where it is paid
    theft c: output early.0                  an output from before the ledger
    stop exchange: mixes customers
    limit hops 2                             also: limit units 5, limit until 11
    9  mine: coinbase -> alice 50            block, name, inputs -> outputs
    10 pay: mine.0 -> bob 30 @a, alice 19    the fee is what is left, here 1
    11 mix: pay.0 + unknown -> carol 25      an input whose value nothing states
    11 old: early.0(dave 7) -> erin 7        an input from before the ledger, with its owner and value
    ---
    fifo a: bob 5, thief 3, fees 1, stopped exchange 2, untraced 1
    poison a: bob thief

Answers are read as in `text_ledger`: what a line does not name must be nothing.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.model.case import Case, OutputRef, Theft
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns
from qiyafa.trace.lowering import lowered
from qiyafa.trace.planning import plan_case

from support.random_output_chains import CHAIN, Output, Spending, output_columns
from support.text_ledger import Reading, TextCase, read_answers


@dataclass
class OutputCase(TextCase):
    """A chain of outputs, a case on it, and the answers; `columns` are the outputs, lowered."""

    outputs: OutputColumns
    case: Case


@dataclass
class _Reading(Reading):
    transactions: list[Spending] = field(default_factory=list)
    """Inputs are indices into `spent` until all outputs are known."""
    spent: list[str | None] = field(default_factory=list)
    """By input: `name.index`, or None if it is unknown."""
    foreign: dict[str, Output] = field(default_factory=dict)
    thefts: dict[str, Theft] = field(default_factory=dict)


def read_case_file(path: Path) -> OutputCase:
    """Read a case from a file."""
    return read_text_case(path.read_text(encoding="utf-8"))


def read_text_case(content: str) -> OutputCase:
    """Read a case from text."""
    ledger, _, answer_lines = content.partition("\n---")
    reading = _Reading()
    for line in ledger.splitlines():
        _read_line(reading, line)
    outputs = _columns(reading)
    columns = lowered(outputs)
    head = max((one.block for one in reading.transactions), default=0)
    case = Case("case", reading.title, tuple(reading.thefts.values()), tuple(reading.stops))
    planned = plan_case(columns, case, reading.stated_limits(), head)
    return OutputCase(reading.title, columns, planned, read_answers(answer_lines), outputs, case)


def _columns(reading: _Reading) -> OutputColumns:
    numbers = {name: number for number, name in enumerate(reading.foreign)}
    for one in reading.transactions:
        numbers |= {f"{one.name}.{index}": len(numbers) + index for index in range(len(one.outputs))}
    transactions = [
        Spending(
            tuple(UNKNOWN_OUTPUT if (name := reading.spent[at]) is None else numbers[name] for at in one.inputs),
            one.outputs,
            one.block,
            one.name,
            one.is_coinbase,
        )
        for one in reading.transactions
    ]
    foreign_names = [(name.split(".")[0], int(name.split(".")[1])) for name in reading.foreign]
    return output_columns(transactions, list(reading.foreign.values()), foreign_names)


def _read_line(reading: _Reading, line: str) -> None:
    line = reading.rest(line)
    if not line:
        return
    if match := re.fullmatch(r"theft (\w+): outputs? (?:of )?(\w+)(?:\.(\d+))?", line):
        index = None if match[3] is None else int(match[3])
        reading.thefts[match[1]] = Theft(match[1], CHAIN, outputs=(OutputRef(match[2], index),))
    elif match := re.fullmatch(r"theft (\w+): (\w+)(?: from (\d+))?", line):
        reading.thefts[match[1]] = Theft(match[1], CHAIN, address=match[2], from_block=int(match[3] or 0))
    elif match := re.fullmatch(r"(\d+) +(\w+): (.+?) -> ?(.*)", line):
        _read_transaction(reading, int(match[1]), match[2], match[3].strip(), match[4].strip())
    else:
        raise ValueError(f"not a line of a chain of outputs: {line!r}")


def _read_transaction(reading: _Reading, block: int, name: str, inputs: str, outputs: str) -> None:
    begin = len(reading.spent)
    is_coinbase = inputs == "coinbase"
    if not is_coinbase:
        reading.spent += [_read_input(reading, part.strip()) for part in inputs.split("+")]
    paid: list[Output] = []
    for index, part in enumerate(filter(None, (part.strip() for part in outputs.split(",")))):
        match = re.fullmatch(r"(\w+) (\d+)((?: @\w+)*)", part)
        if match is None:
            raise ValueError(f"not an output: {part!r}")
        paid.append((match[1], int(match[2])))
        for theft in re.findall(r"@(\w+)", match[3]):
            known = reading.thefts.get(theft, Theft(theft, CHAIN)).outputs
            reading.thefts[theft] = Theft(theft, CHAIN, outputs=(*known, OutputRef(name, index)))
    numbers = tuple(range(begin, len(reading.spent)))
    reading.transactions.append(Spending(numbers, tuple(paid), block, name, is_coinbase))


def _read_input(reading: _Reading, words: str) -> str | None:
    if words == "unknown":
        return None
    match = re.fullmatch(r"(\w+\.\d+)(?:\((\w+) (\d+)\))?", words)
    if match is None:
        raise ValueError(f"not an input: {words!r}")
    if match[2]:
        reading.foreign[match[1]] = (match[2], int(match[3]))
    return match[1]
