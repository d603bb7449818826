"""The table `tokens`: what contracts said of their tokens, and which tokens do not add up.

These are the answers of a moment, not part of the chain's history: appending and rolling back leave them alone, and
the logical dump has none. A token that was once found not to add up keeps that mark whatever later samples say, so
that rows may come in any order and any number of times.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.model.tables import TOKENS
from qiyafa.model.token import TokenFacts
from qiyafa.stores import layout
from qiyafa.stores.coverage import write_small_table
from qiyafa.stores.manifest import StoredFile
from qiyafa.stores.part_schema import arrow_schema

TOKENS_SCHEMA: Final = arrow_schema(TOKENS)

_WEIGHT: Final = {None: 0, False: 1, True: 2}
"""Of two statements on a token the one that says more is kept; to say that it does not add up is the most."""


def read_tokens(ledger: Path, files: Iterable[StoredFile]) -> dict[str, TokenFacts]:
    """Return the tokens in a chain's files, by asset."""
    rows = read_token_files(ledger / file.path for file in files if file.table == layout.TOKENS)
    return {one.asset: one for one in rows}


def read_token_files(paths: Iterable[str | Path]) -> list[TokenFacts]:
    """Return the rows of some files, as they stand."""
    found = []
    for path in paths:
        with pq.ParquetFile(path) as file:
            found += [TokenFacts(**row) for row in file.read(columns=TOKENS_SCHEMA.names).to_pylist()]
    return found


def merged_tokens(statements: Iterable[TokenFacts]) -> tuple[TokenFacts, ...]:
    """Return one row for each asset, sorted, whatever the order of the statements."""
    best: dict[str, TokenFacts] = {}
    for one in statements:
        other = best.get(one.asset)
        if other is None or _rank(one) > _rank(other):
            best[one.asset] = one
    return tuple(best[asset] for asset in sorted(best))


def token_rows(tokens: Iterable[TokenFacts]) -> pa.Table:
    """Return tokens as rows of the table."""
    names = TOKENS_SCHEMA.names
    return pa.Table.from_pylist([{name: getattr(one, name) for name in names} for one in tokens], TOKENS_SCHEMA)


def write_tokens(chain: str, tokens: tuple[TokenFacts, ...], aside: Path) -> tuple[StoredFile, ...]:
    """Write the table into the folder aside and return what the manifest says of it; no file if it is empty."""
    if not tokens:
        return ()
    return (write_small_table(chain, layout.TOKENS, token_rows(tokens), aside),)


def _rank(one: TokenFacts) -> tuple[int, int, bool, int, str, str, str]:
    checked = -1 if one.checked_block is None else one.checked_block
    decimals = -1 if one.decimals is None else one.decimals
    return _WEIGHT[one.unreconciled], checked, bool(one.symbol), decimals, one.symbol, one.name, one.detail
