"""The figures that the README quotes, from the kept results and nothing else.

python -m benchmarks.figures           print them
python -m benchmarks.figures --write   put them into the README
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->"


def figures() -> str:
    """Return the README's tables in Markdown."""
    parts = (
        _trace(_result("trace"), _result("scaling")),
        _sources(_result("ingest")),
        _command_line(_result("cli")),
        _screening(),
        _record(),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _result(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return result


MEMORY_OF = {"fifo index": "fifo index, build"}
"""Rows whose memory was measured under another name."""


def _trace(result: dict[str, Any], scaling: dict[str, Any]) -> list[str]:
    memory = scaling["small"]
    lines = [
        f"One theft of 256 transfers in a synthetic ledger of {result['transfers']:,} transfers, against the",
        "loop a user would write, in the same run, medians of three "
        f"({result['machine']['processor']}, {result['machine']['cores']} cores):",
        "",
        "| what | seconds | peer | its seconds | times | bytes a transfer |",
        "|---|---:|---|---:|---:|---:|",
    ]
    for row in result["rows"]:
        peak = memory.get(MEMORY_OF.get(row["name"], row["name"]))
        memory_text = "" if peak is None else f"{peak['peak_bytes']:.0f}"
        lines.append(
            f"| {row['name']} | {row['seconds']:.3f} | {row['peer']} | {row['peer_seconds']:.1f} |"
            f" {row['ratio']:,.{0 if row['ratio'] >= 10 else 1}f} | {memory_text} |"
        )
    worst = max(scaling["ratio_of_ns"], key=scaling["ratio_of_ns"].get)
    lines += [
        "",
        "The last column is the peak above the columns. From "
        f"{scaling['sizes'][0]:,} to {scaling['sizes'][1]:,} transfers",
        f"the cost of a transfer grows at most {scaling['ratio_of_ns'][worst]:.2f} times ({worst}).",
    ]
    return lines


def _sources(result: dict[str, Any]) -> list[str]:
    lines = [
        "From sources to columns, and tracing on outputs (a million transactions), in one run, the best of several;",
        "the last rows are medians from a real node's answer on, over "
        f"{next(row['ledger_transfers'] for row in result['rows'] if 'ledger_transfers' in row):,} transfers:",
        "",
        "| what | seconds | peer | its seconds | times |",
        "|---|---:|---|---:|---:|",
    ]
    for row in result["rows"]:
        rate = f" ({row['transactions_per_second'] / 1e6:.2f} M/s)" if "transactions_per_second" in row else ""
        peer = (
            f"{row['peer']} | {row['peer_seconds']:.3f} | {_times(row['ratio'])}"
            if "peer" in row
            else f"95 of 100 within {row['p95_seconds']:.3f} s | | "
        )
        lines.append(f"| {row['name']}{rate} | {row['seconds']:.4f} | {peer} |")
    return lines


def _times(ratio: float) -> str:
    return f"{ratio:,.{0 if ratio >= 100 else 1 if ratio >= 1 else 2}f}"


def _command_line(result: dict[str, Any]) -> list[str]:
    lines = ["The whole command line:", "", "| what | seconds | peak MiB |", "|---|---:|---:|"]
    for row in result["rows"]:
        peak = "" if row["peak_mib"] is None else f"{row['peak_mib']:,.0f}"
        lines.append(f"| {row['name']} | {row['seconds']:.2f} | {peak} |")
    return lines


def _screening() -> list[str]:
    """Return what screening costs, from five results."""
    pack, http = _result("screen_pack"), _result("screen_http")["rows"]
    screen = {row["name"]: row for row in _result("screen")["rows"]}
    joins, accuracy = _result("cluster")["joins"]["rows"], _result("cluster_accuracy")["false_merges"]
    exposure, labels = screen["exposure 10^7 x 16"], screen["all TagPacks of GraphSense"]
    look_up = pack["look_up_us"]["warm"]
    first, from_text = pack["look_up_us"]["first touch"]["p50"], pack["text_us"]["from text to verdict"]["p50"]
    lines = [
        "Screening. A look-up in a pack is timed with its pages checked before; in the middle a first touch",
        f"takes {first:.0f} µs, and from a text to a verdict it takes {from_text:.0f} µs:",
        "",
        "| what | figure | beside it |",
        "|---|---|---|",
        f"| look-up in a pack of {pack['addresses']:,} addresses | 99 of 100 within {look_up['p99']:.1f} µs |"
        f" a DuckDB point query: {pack['ratio_p50']:,.0f} times as long |",
        f"| the same, many at once | {pack['batch_per_second'] / 1e6:.1f} M addresses/s |"
        f" {pack['bytes_an_address']:.0f} bytes an address, opened in {pack['open_ms']:.1f} ms |",
    ]
    lines += [
        f"| {row['name']} | 95 of 100 within {1000 * row['p95_seconds']:.0f} ms |"
        f" {row['answered']:,} answered, {row['shed']:,} shed, {row['errors']} errors, {row['wrong']} wrong |"
        for row in http
    ]
    return [
        *lines,
        f"| exposure of every address of {exposure['transfers']:,} transfers to 16 categories, both ways |"
        f" {exposure['seconds']:.1f} s, {exposure['peak_mib']:,} MiB |"
        f" dict loops: {exposure['ratio']:.0f} times as long |",
        f"| clusters of 1,000,000 transactions, joined | {joins[0]['seconds']:.3f} s |"
        f" scipy {joins[0]['ratio']:.0f}, rustworkx {joins[1]['ratio']:.0f} times as long |",
        f"| false merges on {accuracy['mixes']:,} real mixes | {accuracy['with the guard']['false_merges']} of"
        f" {accuracy['with the guard']['merges']:,} merges | without the guards"
        f" {accuracy['without']['false_merges']:,} of {accuracy['without']['merges']:,} |",
        f"| {labels['answer']['labels']:,} labels of all TagPacks, loaded | {labels['seconds']:.0f} s,"
        f" {labels['peak_mib']:,} MiB | |",
    ]


def _record() -> list[str]:
    """Return what the record costs: no peer does the same work."""
    rows = {row["name"]: row for row in _result("record")["rows"]}
    slowest = max((row for name, row in rows.items() if name.startswith(("incidents ", "claims "))), key=_seconds)
    article = next(row for name, row in rows.items() if name.startswith("read articles, 1,000,000"))
    hostile = next(row for name, row in rows.items() if name.startswith("read a hostile text, 1,000,000"))
    found, out, back = rows["all contradictions"], rows["STIX, out"], rows["STIX, in"]
    page, again = rows["TAXII, objects, first time: median page"], rows["TAXII, objects, again: median page"]
    return [
        f"The record, with {found['incidents']:,} incidents and {found['claims']:,} claims; no peer does the same:",
        "",
        "| what | figure | beside it |",
        "|---|---|---|",
        f"| any statistic, the slowest ({slowest['name']}) | {slowest['seconds']:.2f} s | |",
        f"| contradictions over all of them, in memory | {found['seconds']:.0f} s | {found['findings']:,} found |",
        f"| an article of 1 MB read (the rules, processor time) | {article['seconds']:.1f} s |"
        f" {article['claims']:,} claims; a hostile text {hostile['seconds']:.1f} s |",
        f"| a STIX bundle of {out['objects']:,} objects written and read back | {out['seconds']:.1f} s and"
        f" {back['seconds']:.1f} s | {back['peak_mib']:,} MiB |",
        f"| a TAXII page of 1,000 of {page['objects']:,} objects | {1000 * page['seconds']:.0f} ms |"
        f" {1000 * again['seconds']:.0f} ms to the same receiver again |",
    ]


def _seconds(row: dict[str, Any]) -> float:
    return float(row["seconds"])


def main() -> None:
    """Print the figures, or put them into the README."""
    if "--write" not in sys.argv[1:]:
        sys.stdout.write(figures())
        return
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    readme.write_text(before + BEGIN + figures() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
