"""The busiest tokens of some blocks, their busiest holders, and what each gained by the transfers: exact integers."""

import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from qiyafa.model.ledger import BlockCoverage
from qiyafa.stores.duck import literals, session
from qiyafa.stores.manifest import ChainRecord

_DIGITS: Final = 16
_PIECES: Final = 5
"""Units have up to 78 digits: they are summed in five pieces, each of which fits whatever the sum."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which tokens and holders are looked at."""

    seen: BlockCoverage
    """The blocks whose transfers count for being busy."""
    summed: BlockCoverage
    """The blocks whose transfers are summed."""
    tokens: int
    """How many, the busiest first."""
    holders: int
    """How many of each token, the busiest first."""
    nobody: str
    """The address from which tokens come into being and to which they vanish: it holds nothing."""


@dataclass(frozen=True, slots=True)
class SampledToken:
    """A token, and what its busiest holders gained."""

    asset: str
    gains: dict[str, int]
    """Units received less units sent, by holder, the busiest first."""


def sample_tokens(ledger: Path, record: ChainRecord, sampling: Sampling) -> list[SampledToken]:
    """Return the busiest tokens, the same for the same rows; reads the parts, unchecked."""
    files = [str(ledger / part.path) for part in record.transfers()]
    if not files:
        return []
    query = _QUERY.format(parts=f"read_parquet({literals(files)}, hive_partitioning = false)", pieces=_pieces())
    values = {
        "first": sampling.summed.first_block,
        "last": sampling.summed.last_block,
        "seen_first": sampling.seen.first_block,
        "seen_last": sampling.seen.last_block,
        "tokens": sampling.tokens,
        "holders": sampling.holders,
        "nobody": sampling.nobody,
    }
    with tempfile.TemporaryDirectory(prefix="qiyafa-") as spill, session(Path(spill)) as connection:
        rows = connection.execute(query, values).fetchall()
    return [
        SampledToken(asset, {holder: _joined(pieces) for _, holder, *pieces in group if holder is not None})
        for asset, group in groupby(rows, key=lambda row: str(row[0]))
    ]


_QUERY: Final = """
WITH moved AS NOT MATERIALIZED (
  SELECT asset, source, target, block_number, units_text FROM {parts}
  WHERE kind = 'token' AND block_number BETWEEN $first AND $last
), seen AS (
  SELECT asset, source, target FROM moved WHERE block_number BETWEEN $seen_first AND $seen_last
), busiest AS (
  SELECT asset, count(*) AS transfers FROM seen GROUP BY asset ORDER BY transfers DESC, asset LIMIT $tokens
), sides AS (
  SELECT asset, source AS holder FROM seen UNION ALL SELECT asset, target FROM seen WHERE target <> source
), ranked AS (
  SELECT asset, holder, row_number() OVER (PARTITION BY asset ORDER BY count(*) DESC, holder) AS place
  FROM sides SEMI JOIN busiest USING (asset) WHERE holder NOT IN ('', $nobody) GROUP BY asset, holder
), sampled AS (
  SELECT asset, holder, place FROM ranked WHERE place <= $holders
), entries AS (
  SELECT asset, target AS holder, 1 AS sign, units_text FROM moved SEMI JOIN busiest USING (asset)
  UNION ALL SELECT asset, source, -1, units_text FROM moved SEMI JOIN busiest USING (asset)
), sums AS (
  SELECT asset, holder, {pieces} FROM entries SEMI JOIN sampled USING (asset, holder) GROUP BY asset, holder
)
SELECT busiest.asset, sums.* EXCLUDE (asset) FROM busiest
LEFT JOIN sampled ON sampled.asset = busiest.asset
LEFT JOIN sums ON sums.asset = sampled.asset AND sums.holder = sampled.holder
ORDER BY busiest.transfers DESC, busiest.asset, sampled.place
"""


def _pieces() -> str:
    starts = range(1, _PIECES * _DIGITS, _DIGITS)
    digits = f"lpad(units_text, {_PIECES * _DIGITS}, '0')"
    return ", ".join(f"sum(sign * substr({digits}, {start}, {_DIGITS})::BIGINT) AS from_{start}" for start in starts)


def _joined(pieces: list[int]) -> int:
    """Return the sum whose pieces, the highest first, were summed apart."""
    whole = 0
    for piece in pieces:
        whole = whole * 10**_DIGITS + piece
    return whole
