"""The command line of every benchmark of several measurements: which ones, printed how, kept where."""

import argparse
import importlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.measuring import commit, keep, machine
from qiyafa.cli.shell import collect_seldom

Row = dict[str, Any]


def run(question: str | None, measurements: Mapping[str, str]) -> None:
    """Measure what the command line names, or all, and print it.

    `measurements` has by name the module and the function that gives its rows, as `module:function`.
    """
    parser = argparse.ArgumentParser(description=question, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(measurements)}")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    unknown = set(options.names) - set(measurements)
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(measurements)}")
    collect_seldom()  # as the command line does
    rows = [row for name in options.names or measurements for row in _measure(measurements[name])]
    result = {"rows": rows, "commit": commit(), "machine": machine()}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


def _measure(where: str) -> list[Row]:
    module, _, function = where.partition(":")
    rows: list[Row] = list(getattr(importlib.import_module(module), function)())
    for row in rows:
        against = f"{row['peer']:44} {row['peer_seconds']:9.3f} s {row['ratio']:9.1f} x" if "peer" in row else ""
        print(f"{row['name']:40} {row['seconds']:9.4f} s   {against}", file=sys.stderr)
    return rows
