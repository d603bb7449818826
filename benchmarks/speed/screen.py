"""How fast is an address screened: exposure, packs, the service? One run, side by side with what a user would take.

    python benchmarks/speed/screen.py exposure --json

Each measurement has a name; without names all of them run. They need `pip install '.[bench,dev]'`. What each
measures, and what it does not, stands in its own module.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, keep, machine
from qiyafa.cli.shell import collect_seldom

MEASUREMENTS = {
    # First: a process begins with the peak of the one that starts it.
    "labels": "benchmarks.speed.screen_labels:labels_rows",
    "exposure": "benchmarks.speed.screen_exposure:exposure_rows",
}
"""What can be measured, by name: the module and the function that gives its rows."""

Row = dict[str, Any]


def measure(name: str) -> list[Row]:
    """Return the rows of one measurement, and print them for people."""
    module, _, function = MEASUREMENTS[name].partition(":")
    rows: list[Row] = getattr(importlib.import_module(module), function)()
    for row in rows:
        against = f"{row['peer']:44} {row['peer_seconds']:9.3f} s {row['ratio']:9.1f} x" if "peer" in row else ""
        print(f"{row['name']:40} {row['seconds']:9.4f} s   {against}", file=sys.stderr)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    unknown = set(options.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    collect_seldom()  # as the command line does
    rows = [row for name in options.names or MEASUREMENTS for row in measure(name)]
    result = {"rows": rows, "commit": commit(), "machine": machine()}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
