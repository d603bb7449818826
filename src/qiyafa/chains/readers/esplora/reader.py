"""From a server's pages on one address to raw outputs, with what is complete and what is cut.

Esplora does not say where in its block a transaction stands; a proof would cost one question for each, so the index
stays unknown and the ledger orders such transactions by what they spend.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from qiyafa.chains import find_network
from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.chain import Chain
from qiyafa.chains.http_client import BadAnswerError, RefusedError
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.esplora.fields import entry_in
from qiyafa.chains.readers.esplora.pages import Page, Pages, read_pages
from qiyafa.chains.readers.esplora.server import Server
from qiyafa.chains.readers.esplora.transactions import ReadTransaction, Row, read_transaction
from qiyafa.chains.readers.history import AddressHistory
from qiyafa.chains.readers.output_tables import INPUTS_SCHEMA, OUTPUTS_SCHEMA, TRANSACTIONS_SCHEMA, OutputTables
from qiyafa.chains.readers.reading import FileProblems, OutputsReading, joined
from qiyafa.chains.readers.source_file import writing
from qiyafa.model.case import Theft
from qiyafa.model.errors import NotFound
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.model.raw import RawOutputs, SourceFile

READER = "esplora/1"
"""Goes into the manifest; the number changes when the same answer would give other rows."""

MOST_TRANSACTIONS = 2_000
"""An address with more is busy: a service, as a rule. The newest are read, 25 with each question."""

_TABLE = "address_txs"


@dataclass(frozen=True, slots=True)
class ServerHistories:
    """The server as a source of histories."""

    server: Server
    chain: Chain
    last_block: int
    """Histories are read up to it."""
    most_transactions: int = MOST_TRANSACTIONS

    @property
    def network(self) -> Network:
        """The rules of the chain."""
        return find_network(self.chain.caip2)

    def starts(self, theft: Theft) -> tuple[str, ...]:
        """Return the owners of a theft's outputs. Raises NotFound or BadAnswerError."""
        owners: dict[str, None] = {}
        for ref in theft.outputs:
            try:
                written, _ = self.server.transaction(ref.transaction_hash)
            except RefusedError as error:
                raise NotFound(
                    "pull.error.transaction", transaction=ref.transaction_hash, url=self.server.url
                ) from error
            transaction = read_transaction(entry_in(written, "transaction"), self.network)
            if transaction.hash != ref.transaction_hash:
                raise BadAnswerError("pull.problem.other_transaction", found=transaction.hash)
            owners |= {str(row["address"]): None for row in transaction.outputs if ref.index in (None, row["index"])}
        return tuple(owner for owner in owners if owner)

    def read(self, address: str, scratch_folder: Path) -> AddressHistory:
        """Return the history of one address, its rows as Parquet files in a folder of its own.

        Raises LimitReachedError, Unavailable if the server cannot be reached.
        """
        asked = ""

        def ask(after: str) -> tuple[list[object], KeptAnswer]:
            nonlocal asked
            asked = after
            return self.server.page(address, after, self.last_block)

        try:
            pages = read_pages(ask, self.most_transactions)
        except BadAnswerError as bad:
            pages = Pages((), bad)
        history = _History(self, address, pages)
        question = str(self.server.page_question(address, asked, self.last_block))
        return history.written(question, scratch_folder)


class _History:
    def __init__(self, source: ServerHistories, address: str, pages: Pages) -> None:
        self.source, self.address, self.pages = source, address, pages
        self.faults = [FileProblems(f"{_TABLE} {address} ({page.answer.file})") for page in pages.pages]
        self.transactions = [
            one for page, faults in zip(pages.pages, self.faults, strict=True) for one in self._taken(page, faults)
        ]

    def _taken(self, page: Page, faults: FileProblems) -> Iterable[ReadTransaction]:
        for number, entry in enumerate(page.entries, 1):
            try:
                transaction = read_transaction(entry_in(entry, "transaction"), self.source.network)
            except BadAnswerError as bad:
                faults.add(f"row {number}", bad.key, **bad.fields)
                continue
            if not transaction.touches(self.address):
                faults.add(f"row {number}", "chains.problem.other_address", address=self.address)
            elif transaction.height <= self.source.last_block:
                yield transaction

    def written(self, question: str, folder: Path) -> AddressHistory:
        """Write the rows and return the history."""
        rows_by_table: dict[str, tuple[pa.Schema, list[Row]]] = {
            "transactions": (TRANSACTIONS_SCHEMA, [one.row for one in self.transactions]),
            "inputs": (INPUTS_SCHEMA, [row for one in self.transactions for row in one.inputs]),
            "outputs": (OUTPUTS_SCHEMA, [row for one in self.transactions for row in one.outputs]),
        }
        with writing(folder), OutputTables(folder) as tables:
            for name, (schema, rows) in rows_by_table.items():
                tables.add(name, pa.Table.from_pylist(rows, schema=schema))
        raw = RawOutputs(
            chain=self.source.chain.caip2,
            transaction_files=(tables.path("transactions"),),
            input_files=(tables.path("inputs"),),
            output_files=(tables.path("outputs"),),
            sources=tuple(self._sources()),
            address_coverage=(self._coverage(),),
        )
        whole_history = FileProblems(question)
        if self.pages.cut is not None:
            whole_history.add("", self.pages.cut.key, **self.pages.cut.fields)
        kept, problem_count = joined([*self.faults, whole_history])
        return AddressHistory(OutputsReading(raw, kept, problem_count), bool(self.pages.pages and self.pages.cut))

    def _sources(self) -> Iterable[SourceFile]:
        for page, faults in zip(self.pages.pages, self.faults, strict=True):
            taken, left_out = len(page.entries) - faults.rows_left_out, faults.rows_left_out
            yield SourceFile(page.answer.file, page.answer.sha256, taken, left_out, READER, _TABLE)

    def _coverage(self) -> AddressCoverage:
        left_out = sum(faults.rows_left_out for faults in self.faults)
        status = CoverageStatus.CAPPED if self.pages.cut or left_out else CoverageStatus.COMPLETE
        if not self.pages.pages:
            return AddressCoverage(self.address, CoverageStatus.ABSENT, "not read")
        more = " and perhaps more" if self.pages.cut else ""
        lost = f" ({left_out} left out)" if left_out else ""
        detail = f"{len(self.transactions)} transactions{lost}{more}, up to block {self.source.last_block}"
        return AddressCoverage(self.address, status, detail)
