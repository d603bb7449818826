"""How long the record takes with 100,000 incidents and 1,000,000 claims: loading, every statistic, look-ups.

On SQLite. Questions are the least of three; loading and reading everything are measured once.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Bound, Claim, Measure, Scope
from qiyafa.model.incident import (
    ActorLink,
    Amount,
    AmountKind,
    DateKind,
    Incident,
    IncidentDate,
    IncidentKind,
    IncidentStatus,
    Relation,
    RelationKind,
    StatedText,
    StolenAsset,
    Victim,
)
from qiyafa.model.period import Period, year_period
from qiyafa.model.record import ClaimTally, Dimension, EntryKind, IncidentTally
from qiyafa.model.source import Source
from qiyafa.stores.record import Change, RecordStore, open_record

INCIDENTS = 100_000
CLAIMS = 1_000_000
SOURCES = 1_000
AT = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 100_000


def sources() -> Iterator[Source]:
    for number in range(SOURCES):
        url = f"https://example.org/{number}"
        yield Source(
            f"source-{number}", f"Publisher {number % 50}", "A report", url, date(2025, 1, 1), f"{number % 20}"
        )


def actors() -> Iterator[Actor]:
    yield Actor("state", "A state", "source-0")
    for number in range(30):
        yield Actor(f"group-{number}", f"Group {number}", "source-0", "state" if number % 3 else "", "source-0")


def incident(number: int) -> Incident:
    source = f"source-{number % SOURCES}"
    day = date.fromordinal(date(2012, 1, 1).toordinal() + number * 7919 % 5000)
    other = (Relation(RelationKind.PART_OF, f"incident-{number - 1}", source),) if number % 50 == 1 else ()
    return Incident(
        id=f"incident-{number}",
        title=f"Theft {number}",
        kind=IncidentKind.THEFT,
        title_source=source,
        dates=(IncidentDate(DateKind.THEFT, Period(day, day), source),),
        victims=(Victim(f"Exchange {number % 700}", ("exchange", "bridge", "defi")[number % 3], "KR", source),),
        amounts=(Amount(AmountKind.EXECUTED, Decimal(number * 104729 % 10**9), "USD", source),) if number % 9 else (),
        assets=(StolenAsset(("BTC", "ETH", "XRP", "TRX")[number % 4], Decimal(number), None, "", source),),
        actors=(ActorLink(f"group-{number % 40}", IncidentStatus.SUSPECTED, source),) if number % 40 < 30 else (),
        methods=(StatedText(("private key", "supply chain")[number % 2], source),),
        chains=(StatedText("eip155:1", source), StatedText("tron:728126428", source)),
        relations=other,
    )


def claim(number: int) -> Claim:
    """All but a tenth of the claims are on one measure and unit, so that one question meets nearly all."""
    measure = Measure.INCIDENTS if number % 10 == 0 else Measure.STOLEN
    return Claim(
        id=f"claim-{number}",
        claimant=f"Claimant {number % 200}",
        publisher=f"Publisher {number % 50}",
        source=f"source-{number * 31 % SOURCES}",
        subject="Thefts",
        measure=measure,
        unit="incidents" if measure is Measure.INCIDENTS else "USD",
        quantity=Decimal(number * 15485863 % 10**10),
        bound=Bound.ABOUT,
        period=year_period(2010 + number % 16),
        edition=f"{number % 3}",
        scope=Scope(actor=f"group-{number % 7}"),
    )


def store_rows(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return a row for each figure: `name`, `seconds`, and what came back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.sqlite"
        record = open_record(path, casebook=None)
        record.apply([Change(one) for one in (*sources(), *actors())], at=AT, author="benchmark")
        rows = list(load(record, scale))
        rows[-1]["bytes"] = path.stat().st_size
        rows += [asked(name, question) for name, question in questions(record).items()]
        started = time.perf_counter()
        rows.append(row("read every claim", started, sum(1 for _ in record.claims())))
        record.close()
    return rows


def load(record: RecordStore, scale: float) -> Iterator[dict[str, Any]]:
    for what, count, made in (("incidents", INCIDENTS, incident), ("claims", CLAIMS, claim)):
        started, count = time.perf_counter(), int(count * scale)
        for begin in range(0, count, BATCH):
            changes = [Change(made(number)) for number in range(begin, min(count, begin + BATCH))]
            record.apply(changes, at=AT, author="benchmark")
        yield row(f"load {count:,} {what}", started, count)


def questions(record: RecordStore) -> dict[str, Callable[[], object]]:
    by_year = Dimension.YEAR
    stolen = ClaimTally(Measure.STOLEN, "USD")
    of_one = ClaimTally(Measure.STOLEN, "USD", "group-3", year_period(2020))
    return {
        **{f"incidents by {by}": lambda by=by: record.incident_tally(IncidentTally(by)) for by in Dimension},
        "incidents of an actor by year": lambda: record.incident_tally(IncidentTally(by_year, "state")),
        "incidents as of a moment": lambda: record.incident_tally(IncidentTally(by_year, known_at=AT)),
        "claims of what was stolen": lambda: record.claim_tally(stolen),
        "claims of how many incidents": lambda: record.claim_tally(ClaimTally(Measure.INCIDENTS, "incidents")),
        "claims as of a moment": lambda: record.claim_tally(replace(stolen, known_at=AT)),
        "claims of one actor and year": lambda: record.claim_tally(of_one),
        "one entry": lambda: record.get(EntryKind.CLAIM, "claim-77"),
    }


def asked(name: str, question: Callable[[], object]) -> dict[str, Any]:
    rows = []
    for _ in range(3):
        started = time.perf_counter()
        answer = question()
        rows.append(row(name, started, len(answer) if isinstance(answer, list) else 1))
    return min(rows, key=lambda one: one["seconds"])


def row(name: str, started: float, answers: int) -> dict[str, Any]:
    return {"name": name, "seconds": time.perf_counter() - started, "answers": answers}
