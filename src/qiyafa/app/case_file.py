"""Read a case file (TOML): every key is known, every address and hash is checked, and a typo gets its nearest right
key.
"""

import difflib
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qiyafa.chains import find_chain
from qiyafa.chains.chain import Chain
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.case import Case, OutputRef, Stop, Theft, TransferRef
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.model.ledger import LedgerModel
from qiyafa.text import text

Table = dict[str, Any]

TOP_KEYS = ("case", "theft", "stop")
CASE_KEYS = ("id", "title", "note")
THEFT_KEYS = ("id", "chain", "address", "from_block", "transfers", "outputs", "asset", "note")
TRANSFER_KEYS = ("transaction", "position")
OUTPUT_KEYS = ("transaction", "index")
STOP_KEYS = ("chain", "address", "reason", "note")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case and the hash of the file it stands in."""

    case: Case
    sha256: str


def read_case(path: Path) -> CaseFile:
    """Return the case in a file. Raises NotFound, Unavailable or InvalidInput with what is wrong and where."""
    try:
        refuse_special(path)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("case.not_found", path=str(path)) from error
    except OSError as error:
        raise Unavailable("case.not_readable", path=str(path), reason=error.strerror or str(error)) from error
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInput("case.not_text", path=str(path)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput("case.not_toml", path=str(path), reason=str(error)) from error
    return CaseFile(_Reader(str(path)).case(document), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class _Reader:
    path: str

    def case(self, document: Table) -> Case:
        """Return the case that the whole file states. Raises InvalidInput for the first thing that is wrong."""
        self.check_keys(document, TOP_KEYS, "the case file")
        head = self.get(document, "case", "the case file", dict, "table")
        self.check_keys(head, CASE_KEYS, "[case]")
        case_id = self.get(head, "id", "[case]", str, "text")
        theft_tables = self.tables(document, "theft")
        if not theft_tables:
            raise InvalidInput("case.no_theft", path=self.path)
        thefts = tuple(
            self.theft(table, f"[[theft]] {number}", case_id if len(theft_tables) == 1 else f"theft-{number}")
            for number, table in enumerate(theft_tables, start=1)
        )
        ids = [theft.id for theft in thefts]
        for theft_id in ids:
            if ids.count(theft_id) > 1:
                raise InvalidInput("case.same_id", path=self.path, id=theft_id)
        stops = (
            self.stop(table, f"[[stop]] {number}")
            for number, table in enumerate(self.tables(document, "stop"), start=1)
        )
        title = self.get(head, "title", "[case]", str, "text", default=case_id)
        return Case(case_id, title, thefts, tuple(stops))

    def theft(self, table: Table, where: str, default_id: str) -> Theft:
        """Return one theft, named by exactly one of an address, its transfers or its outputs."""
        self.check_keys(table, THEFT_KEYS, where)
        chain = self.chain(table, where)
        forms = [key for key in ("address", "transfers", "outputs") if key in table]
        if not forms:
            raise InvalidInput("case.no_theft_form", path=self.path, table=where)
        if len(forms) > 1:
            first, second = (f"`{form}`" for form in forms[:2])
            raise InvalidInput("case.two_theft_forms", path=self.path, table=where, first=first, second=second)
        if forms == ["outputs"] and chain.model is not LedgerModel.OUTPUTS:
            raise InvalidInput("case.outputs_not_here", path=self.path, table=where)
        if forms == ["transfers"] and chain.model is LedgerModel.OUTPUTS:
            raise InvalidInput("case.transfers_not_here", path=self.path, table=where)
        if "from_block" in table and "address" not in table:
            raise InvalidInput("case.from_block_without_address", path=self.path, table=where)
        return Theft(
            id=self.get(table, "id", where, str, "text", default=default_id),
            chain=chain.caip2,
            address=self.address(table, where, chain) if "address" in table else None,
            from_block=self.whole(table, "from_block", where, default=0),
            transfers=tuple(self.transfer(one, where, chain) for one in self.listed(table, "transfers", where)),
            outputs=tuple(self.output(one, where, chain) for one in self.listed(table, "outputs", where)),
            asset=self.asset(table, where, chain),
        )

    def listed(self, table: Table, key: str, where: str) -> list[Table]:
        """Return the tables in which a theft lists its transfers or outputs, none if it names an address."""
        if key not in table:
            return []
        listed = self.get(table, key, where, list, key)
        if not listed or not all(isinstance(one, dict) for one in listed):
            self.wrong_type(key, where, key)
        return list(listed)

    def transfer(self, table: Table, where: str, chain: Chain) -> TransferRef:
        """Return one transfer that a theft lists; without a position it is the transaction's first."""
        self.check_keys(table, TRANSFER_KEYS, f"transfers of {where}")
        return TransferRef(self.transaction(table, where, chain), self.whole(table, "position", where, default=1))

    def output(self, table: Table, where: str, chain: Chain) -> OutputRef:
        """Return one output that a theft lists; without an index all outputs of the transaction are meant."""
        self.check_keys(table, OUTPUT_KEYS, f"outputs of {where}")
        index = self.whole(table, "index", where, default=0) if "index" in table else None
        return OutputRef(self.transaction(table, where, chain), index)

    def transaction(self, table: Table, where: str, chain: Chain) -> str:
        """Return the hash of a transaction as its chain spells it."""
        written = self.get(table, "transaction", where, str, "text")
        try:
            return chain.transaction_hash(written)
        except QiyafaError as error:
            raise self.bad("case.bad_value", "transaction", where, error) from error

    def stop(self, table: Table, where: str) -> Stop:
        """Return one stop: an address where tracing ends, and why."""
        self.check_keys(table, STOP_KEYS, where)
        chain = self.chain(table, where)
        reason = self.get(table, "reason", where, str, "text")
        return Stop(chain.caip2, self.address(table, where, chain), reason)

    def chain(self, table: Table, where: str) -> Chain:
        """Return the chain that a table names."""
        name = self.get(table, "chain", where, str, "text")
        try:
            return find_chain(name)
        except QiyafaError as error:
            raise self.bad("case.bad_value", "chain", where, error) from error

    def address(self, table: Table, where: str, chain: Chain) -> str:
        """Return the address of a table as its chain spells it."""
        written = self.get(table, "address", where, str, "text")
        try:
            return chain.formats.canonical(written)
        except QiyafaError as error:
            raise self.bad("case.bad_address", "address", where, error) from error

    def asset(self, table: Table, where: str, chain: Chain) -> str | None:
        """Return the CAIP-19 asset; a token's may be given by its contract's address alone."""
        if "asset" not in table:
            return None
        written: str = self.get(table, "asset", where, str, "text")
        if written == chain.native_asset:
            return written
        if not chain.token_namespace:
            other = InvalidInput("case.one_asset_only", asset=written, native=chain.native_asset)
            raise self.bad("case.bad_value", "asset", where, other)
        contract = written.rpartition(":")[2] if "/" in written else written
        try:
            asset = chain.token_asset(contract)
        except QiyafaError as error:
            raise self.bad("case.bad_value", "asset", where, error) from error
        if "/" in written and asset.lower() != written.lower():
            nearest = InvalidInput("case.asset_form", asset=written, native=chain.native_asset, token=asset)
            raise self.bad("case.bad_value", "asset", where, nearest)
        return asset

    def tables(self, document: Table, key: str) -> list[Table]:
        """Return the tables of one name, none if the file has none."""
        listed = document.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            self.wrong_type(key, "the case file", "tables")
        tables: list[Table] = listed
        return tables

    def whole(self, table: Table, key: str, where: str, default: int) -> int:
        """Return a whole number, 0 or more; TOML's true and false are none."""
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.wrong_type(key, where, "block")
        return int(value)

    def get(self, table: Table, key: str, where: str, kind: type, expected: str, default: Any = None) -> Any:
        """Return a value of the given kind, or the default if there is one and the key is missing."""
        value = table.get(key, default)
        if value is None:
            raise InvalidInput("case.missing_key", path=self.path, table=where, key=key)
        if not isinstance(value, kind):
            self.wrong_type(key, where, expected)
        return value

    def check_keys(self, table: Table, known: tuple[str, ...], where: str) -> None:
        """Refuse a key that means nothing here: a typo must not silently change what is traced."""
        for key in table:
            if key not in known:
                nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
                raise InvalidInput(
                    "case.unknown_key", path=self.path, key=key, table=where, nearest=nearest, known=", ".join(known)
                )

    def wrong_type(self, key: str, where: str, expected: str) -> None:
        """Refuse a value; `expected` names the words that say what should stand there."""
        words = text(f"case.expected.{expected}")
        raise InvalidInput("case.wrong_type", path=self.path, key=key, table=where, expected=words)

    def bad(self, error_key: str, key: str, where: str, error: QiyafaError) -> InvalidInput:
        """Return an error of the case file that says what was wrong with one value."""
        reason = text(error.key, **error.fields)
        return InvalidInput(error_key, path=self.path, key=key, table=where, reason=reason)
