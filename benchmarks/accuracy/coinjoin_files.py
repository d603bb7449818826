"""Published CoinJoins as columns: the files of the coinjoin-analysis project.

A line is a transaction, `txid:::block:::index:::time:::inputs:::outputs`. Inputs are parted by `}{`, each
`txid-index-units+script+type`; outputs as well, each `units+script+type`. A script stands for its owner.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qiyafa.model.outputs import OutputColumns
from qiyafa.stores.memory import ListedAddresses, ListedHashes

CHAIN = "bip122:000000000019d6689c085ae165831e93"
NO_OWNER = "TxNullData"


class Files(NamedTuple):
    """Where one kind of mix is published: its mixes, and what came before and after them."""

    archive: str
    mixes: str
    before: tuple[str, ...]
    after: str


WHIRLPOOL = Files(
    "whirlpool_2024-03.zip",
    "Scanner/SamouraiCoinJoins.txt",
    ("Scanner/SamouraiTx0s.txt",),
    "Scanner/SamouraiPostMixTxs.txt",
)
WASABI = Files("wasabi1_2024-05.zip", "Scanner/WasabiCoinJoins.txt", (), "Scanner/WasabiPostMixTxs.txt")


class Output(NamedTuple):
    """An output: who may spend it (empty: nobody), and its value."""

    owner: str
    units: int


@dataclass(frozen=True)
class Published:
    """One transaction of a file."""

    hash: str
    time: int
    inputs: tuple[tuple[str, Output], ...]
    """(`txid-index`, the output spent)."""
    outputs: tuple[Output, ...]


def read_transactions(folder: Path, archive: str, name: str) -> list[Published]:
    """Return the transactions of one file of an archive, in the file's order."""
    with zipfile.ZipFile(folder / archive) as opened:
        return list(_transactions(opened.read(name).decode("ascii").splitlines()))


def _transactions(lines: Iterable[str]) -> Iterator[Published]:
    for line in lines:
        transaction, _, _, time, inputs, outputs = line.split(":::")
        yield Published(
            transaction,
            int(time),
            tuple(_input(one) for one in inputs.split("}{")),
            tuple(_output(one) for one in outputs.split("}{")),
        )


def _input(written: str) -> tuple[str, Output]:
    spent, script, _ = written.split("+")
    transaction, index, units = spent.split("-")
    return f"{transaction}-{index}", Output(script, int(units))


def _output(written: str) -> Output:
    units, script, kind = written.split("+")
    return Output("" if kind == NO_OWNER else script, int(units))


def columns_of(transactions: Iterable[Published]) -> OutputColumns:
    """Return transactions as columns in order of time; an output spent here and created here is one output."""
    ordered = sorted({one.hash: one for one in transactions}.values(), key=lambda one: (one.time, one.hash))
    created = {f"{one.hash}-{index}" for one in ordered for index in range(len(one.outputs))}
    foreign = {name: output for one in ordered for name, output in one.inputs if name not in created}
    number = {name: at for at, name in enumerate(foreign)}
    outputs, index = list(foreign.values()), [int(name.split("-")[1]) for name in foreign]
    for one in ordered:
        for at, output in enumerate(one.outputs):
            number[f"{one.hash}-{at}"] = len(outputs)
            outputs.append(output)
            index.append(at)
    owners = list(dict.fromkeys(["", *(output.owner for output in outputs)]))
    numbers = {owner: at for at, owner in enumerate(owners)}
    time = np.array([one.time for one in ordered], np.int64)
    return OutputColumns(
        chain=CHAIN,
        asset=f"{CHAIN}/slip44:0",
        first_input=np.cumsum([0, *(len(one.inputs) for one in ordered)], dtype=np.int64),
        first_output=np.cumsum([len(foreign), *(len(one.outputs) for one in ordered)], dtype=np.int64),
        block=np.full(len(ordered), -1, np.int64),
        time=time,
        coinbase=np.zeros(len(ordered), np.uint8),
        marks=np.zeros(len(ordered), np.uint8),
        spent_output=np.array([number[name] for one in ordered for name, _ in one.inputs], np.int64),
        value=np.array([output.units for output in outputs], np.uint64),
        owner=np.array([numbers[output.owner] for output in outputs], np.uint32),
        output_index=np.array(index, np.uint32),
        addresses=ListedAddresses(owners, numbers),
        hashes=ListedHashes([one.hash for one in ordered]),
        foreign_hashes=ListedHashes([name.split("-")[0] for name in foreign]),
    )
