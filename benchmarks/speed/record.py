"""How fast is the record: reading, statistics, contradictions, sharing?

    python benchmarks/speed/record.py read stix --json

Each measurement has a name; without names all of them run. They need `pip install '.[dev]'`. What each measures, and
what it does not, stands in its own module. No peer does the same work, so none stands beside them.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.speed.measurements import run

MEASUREMENTS = {
    "read": "benchmarks.speed.record_read:reading_rows",
    # Early: its figures of memory are those of the process so far.
    "stix": "benchmarks.speed.record_stix:stix_rows",
    "taxii": "benchmarks.speed.record_taxii:taxii_rows",
    "contradictions": "benchmarks.speed.record_claims:contradiction_rows",
    "store": "benchmarks.speed.record_store:store_rows",
}
"""What can be measured, by name: the module and the function that gives its rows."""

if __name__ == "__main__":
    run(__doc__, MEASUREMENTS)
