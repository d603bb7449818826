"""Ledgers written as text, with their clusters below them: the form of every file in `cluster/cases/`.

# The title: what this case shows.
outputs                              a chain of outputs, written as in `text_output_ledger`
accounts                             or one of accounts, as in `text_ledger`; a block is 600 seconds after the last
label hot: Kraken                    a labelled address of an exchange; `label pool:` of another service
with one_time_change                 a rule that joins though it does not by default
forbid pay co_spend                  the transaction `pay` joins nothing by a rule, or by none if it is left out
until 12                             nothing after this block is looked at
---
cluster: alice alice2                the addresses of a cluster; what no line names stands alone
as of 11: alice alice3               by merges up to a block
reported one_time_change: alice bob  a merge that joins nothing
refused mix: whirlpool               a transaction that looks like a mix
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from qiyafa.cluster.build import build, rules_of
from qiyafa.cluster.coinjoin import Mix
from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.cluster.records import Clusters, Ground, Standing
from qiyafa.cluster.ways import members_of
from qiyafa.model.columns import AddressBook, TransactionHashes, TransferColumns
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.outputs import OutputColumns

from support import text_ledger, text_output_ledger

SECONDS = 600
GAS_MOST = 100

Group = frozenset[str]


@dataclass
class ClusterCase:
    """A ledger, how its clusters are asked for, and what they are."""

    title: str
    ground: Ground
    clusters: Clusters
    groups: set[Group] = field(default_factory=set)
    as_of: list[tuple[int, Group]] = field(default_factory=list)
    reported: set[tuple[str, Group]] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)

    @property
    def addresses(self) -> AddressBook:
        """The addresses of its ledger."""
        return columns_of(self.ground).addresses

    @property
    def hashes(self) -> TransactionHashes:
        """The transactions of its ledger."""
        return columns_of(self.ground).hashes

    def found_groups(self, block: int | None = None) -> set[Group]:
        """Return the clusters of two or more, by merges up to a block."""
        until = None if block is None else block * SECONDS
        numbers = range(1, len(self.addresses))
        groups = {self._names(members_of(self.clusters, number, until).tolist()) for number in numbers}
        return {group for group in groups if len(group) > 1}

    def found_merges(self, standing: Standing) -> set[tuple[str, Group]]:
        """Return the merges that count for something, by rule."""
        merges = self.clusters.merges
        rules = list(HEURISTICS)
        return {
            (rules[merges.rule[at]], self._names(merges.members(at).tolist()))
            for at in range(len(merges))
            if merges.standing[at] == standing
        }

    def found_mixes(self) -> set[tuple[str, str]]:
        """Return the refused transactions, by what they look like."""
        merges = self.clusters.merges
        return {
            (self.hashes.text(int(merges.row[at])), Mix(int(merges.mix[at])).name.lower())
            for at in range(len(merges))
            if merges.standing[at] == Standing.REFUSED
        }

    def _names(self, numbers: list[int]) -> Group:
        return frozenset(self.addresses.text(number) for number in numbers)


def columns_of(ground: Ground) -> OutputColumns | TransferColumns:
    """Return the columns that a ground has."""
    columns = ground.transfers if ground.outputs is None else ground.outputs
    assert columns is not None
    return columns


def read_case_file(path: Path) -> ClusterCase:
    """Read a case from a file."""
    return read_text_case(path.read_text(encoding="utf-8"))


def read_text_case(content: str) -> ClusterCase:
    """Read a case from text, and build its clusters."""
    head, _, answers = content.partition("\n---")
    asked, rest = _Asked(), []
    for line in head.splitlines():
        if not asked.take(line.split("  #")[0].strip()):
            rest.append(line)
    ground = asked.ground("\n".join(rest))
    columns = columns_of(ground)
    forbidden: dict[str, list[int]] = {}
    for transaction, rule in asked.forbidden:
        forbidden.setdefault(rule, []).extend(columns.hashes.rows(transaction).tolist())
    joining = rules_of(LedgerModel.OUTPUTS if asked.has_outputs else LedgerModel.ACCOUNTS, asked.extra)
    case = ClusterCase(head.splitlines()[0].lstrip("# "), ground, build(ground, joining, forbidden))
    for line in answers.splitlines():
        _read_answer(case, line.split("  #")[0].strip())
    return case


@dataclass
class _Asked:
    has_outputs: bool = True
    entities: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    forbidden: list[tuple[str, str]] = field(default_factory=list)
    until: int | None = None

    def take(self, line: str) -> bool:
        """Read a line that says how clusters are asked for; tell whether it is one."""
        if line in ("outputs", "accounts"):
            self.has_outputs = line == "outputs"
        elif match := re.fullmatch(r"label (\w+):\s*(\w*)", line):
            self.entities[match[1]] = match[2]
        elif match := re.fullmatch(r"with (\w+)", line):
            self.extra.append(match[1])
        elif match := re.fullmatch(r"forbid (\w+)(?: (\w+))?", line):
            self.forbidden.append((match[1], match[2] or ""))
        elif match := re.fullmatch(r"until (\d+)", line):
            self.until = int(match[1]) * SECONDS
        else:
            return False
        return True

    def ground(self, ledger: str) -> Ground:
        if self.has_outputs:
            return Ground(outputs=text_output_ledger.read_text_case(ledger).outputs, until=self.until)
        columns = text_ledger.read_text_case(ledger).columns
        columns = replace(columns, time=columns.block * SECONDS)
        return Ground(transfers=columns, entities=self.entities, gas_most=GAS_MOST, until=self.until)


def _read_answer(case: ClusterCase, line: str) -> None:
    if not line:
        return
    if match := re.fullmatch(r"cluster: (.+)", line):
        case.groups.add(frozenset(match[1].split()))
    elif match := re.fullmatch(r"as of (\d+): ?(.*)", line):
        case.as_of.append((int(match[1]), frozenset(match[2].split())))
    elif match := re.fullmatch(r"reported (\w+): (.+)", line):
        case.reported.add((match[1], frozenset(match[2].split())))
    elif match := re.fullmatch(r"refused (\w+): (\w+)", line):
        case.refused.add((match[1], match[2]))
    else:
        raise ValueError(f"not an answer: {line!r}")
