"""How fast do sources become rows, and rows answers? One run, same bytes, side by side with what a user would take.

    python benchmarks/speed/ingest.py blk csv --json

Each measurement has a name; without names all of them run. They need `pip install '.[bench,dev]'`; `evm` and `sync`
also a real node, where QIYAFA_PEERS says. What each measures, and what it does not, stands in its own module.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.speed.measurements import run

MEASUREMENTS = {
    "blk": "benchmarks.speed.ingest_blk:blk",
    "evm": "benchmarks.speed.ingest_evm:evm",
    "csv": "benchmarks.speed.ingest_csv:csv_rows",
    "outputs": "benchmarks.speed.outputs:output_rows",
    "sync": "benchmarks.speed.sync:sync_rows",
}
"""What can be measured, by name: the module and the function that gives its rows."""

if __name__ == "__main__":
    run(__doc__, MEASUREMENTS)
