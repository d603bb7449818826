"""What a pull brought and what it left out, as lines for people and as a record for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from qiyafa.app.assets import unit_of
from qiyafa.app.ingest import problem_record
from qiyafa.app.pull_frontier import Reached
from qiyafa.app.pull_records import PullReport
from qiyafa.model.errors import Problem
from qiyafa.model.ledger import BlockCoverage, CoverageStatus
from qiyafa.text import text
from qiyafa.text.amounts import readable_units

_SHOWN = 10
"""So many addresses or problems of a kind; the JSON has all."""


def report_record(report: PullReport) -> dict[str, object]:
    """Return a report as programs read it; units are texts."""
    return {
        "chain": report.chain,
        "ledger": str(report.ledger),
        "manifest_sha256": report.manifest_sha256,
        "last_block": report.last_block,
        "rounds": report.rounds,
        "requests": report.requests,
        "kept_answers_used": report.kept_answers_used,
        "followed_to_the_end": not (report.limit or report.busy or report.not_given),
        "limit": report.limit,
        "blocks": None if report.blocks is None else asdict(report.blocks),
        "histories": [asdict(one) for one in report.histories],
        "busy": list(report.busy),
        "not_given": list(report.not_given),
        "left_out": [_reached_record(one) for one in report.left_out],
        "unbalanced": [_reached_record(one) for one in report.unbalanced],
        "problem_count": report.problem_count,
        "problems": [problem_record(problem) for problem in report.problems],
    }


def _reached_record(one: Reached) -> dict[str, object]:
    units = {"arrived": one.arrived, "held": one.held, "unseen": one.unseen}
    return {"address": one.address} | {
        name: {asset: str(number) for asset, number in by_asset.items()} for name, by_asset in units.items()
    }


def report_lines(report: PullReport, case: Path, *, has_problems_file: bool, quiet: bool) -> Iterator[str]:
    """Yield the lines for people."""
    yield from _blocks(report.blocks, report.chain) if report.blocks is not None else _histories(report)
    yield from _problems(report, has_problems_file=has_problems_file)
    if not quiet:
        yield text("pull.report.next", case=str(case), ledger=str(report.ledger))


def _blocks(blocks: BlockCoverage, chain: str) -> Iterator[str]:
    yield text("pull.report.blocks", chain=chain, first=f"{blocks.first_block:,}", last=f"{blocks.last_block:,}")


def _histories(report: PullReport) -> Iterator[str]:
    yield text(
        "pull.report.done",
        chain=report.chain,
        block=f"{report.last_block:,}",
        histories=f"{len(report.histories):,}",
        rounds=report.rounds,
        requests=f"{report.requests:,}",
        kept=f"{report.kept_answers_used:,}",
    )
    counts = {status.value: f"{report.count(status):,}" for status in CoverageStatus if report.count(status)}
    for status, count in counts.items():
        yield text(f"pull.report.{status}", count=count)
    yield _ending(report)
    yield from _listed(report.left_out, [_amounts(report, one.address, one.arrived) for one in report.left_out])
    for key, addresses in (("pull.report.busy", report.busy), ("pull.report.not_given", report.not_given)):
        if addresses:
            yield text(key, count=f"{len(addresses):,}")
            yield from _listed(addresses, [text("pull.report.address", address=one) for one in addresses])
    if report.unbalanced:
        yield text("pull.report.unbalanced", count=f"{len(report.unbalanced):,}")
        lines = [_amounts(report, one.address, one.unseen) for one in report.unbalanced]
        yield from _listed(report.unbalanced, lines)


def _ending(report: PullReport) -> str:
    if report.limit:
        return text(f"pull.report.limit_{report.limit}", count=f"{len(report.left_out):,}")
    key = "pull.report.followed_but" if report.busy or report.not_given else "pull.report.followed"
    return text(key)


def _amounts(report: PullReport, address: str, by_asset: Mapping[str, int]) -> str:
    amounts = []
    for asset, units in by_asset.items():
        symbol, decimals = unit_of(report.chain, asset)
        amounts.append(readable_units(units, symbol, decimals))
    return text("pull.report.address_with_units", address=address, units=", ".join(amounts))


def _listed(every: Sequence[object], lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(every) > _SHOWN:
        yield text("pull.report.more", count=f"{len(every) - _SHOWN:,}")


def _problems(report: PullReport, *, has_problems_file: bool) -> Iterator[str]:
    if report.problem_count:
        yield text("chains.ingest.problem_count", count=f"{report.problem_count:,}")
    for problem in report.problems[:_SHOWN]:
        yield text("chains.ingest.problem", place=_place(problem), message=text(problem.key, **problem.fields))
    hidden = report.problem_count - min(len(report.problems), _SHOWN)
    if hidden and not has_problems_file:
        yield text("chains.ingest.more_problems", count=f"{hidden:,}", kept=f"{len(report.problems):,}")


def _place(problem: Problem) -> str:
    return ", ".join(part for part in (problem.source, problem.place) if part)
