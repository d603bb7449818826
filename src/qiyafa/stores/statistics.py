"""Figures on a ledger that the manifest does not hold and that take reading it."""

import tempfile
from pathlib import Path

from qiyafa.stores.duck import literals, session
from qiyafa.stores.manifest import ChainRecord


def count_addresses(ledger: Path, record: ChainRecord) -> int:
    """Return how many addresses appear in a chain's transfers."""
    files = [str(ledger / part.path) for part in record.transfers()]
    if not files:
        return 0
    parts = f"read_parquet({literals(files)}, hive_partitioning = false)"
    query = f"SELECT count(*) FROM (SELECT source FROM {parts} UNION SELECT target FROM {parts}) WHERE source <> ''"  # noqa: S608 - our own file names, quoted
    with tempfile.TemporaryDirectory(prefix="qiyafa-") as spill, session(Path(spill)) as connection:
        (count,) = connection.execute(query).fetchone() or (0,)
    return int(count)
