"""How long do contradictions take over a million claims? In memory, with thefts of a hundred thousand incidents beside.

The claims are like those of the field, more of them: 300 claimants and a newspaper speak of some thousand actors' years
in three editions, with every bound; totals of several years stand beside those of single ones, and a third of all
claims are about single incidents. Most of them are roundings of one true number, one in seven is another number.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from qiyafa.cli.shell import collect_seldom
from qiyafa.model.claim import Bound, Claim, Measure, Scope
from qiyafa.model.incident import Amount, AmountKind, DateKind, Incident, IncidentDate, IncidentKind
from qiyafa.model.period import Period, year_period
from qiyafa.record.contradictions import CHECKS
from qiyafa.record.contradictions.ground import Ground

SEED = 20_240_329
_WRONG = 1 / 7
_BOUNDS = (Bound.EXACT, Bound.ABOUT, Bound.AT_LEAST, Bound.MORE_THAN, Bound.UP_TO, Bound.ALMOST)
_EDITIONS = ("2023-01", "2024-01", "2025-01")
_FIRST_YEAR, _LAST_YEAR = 2011, 2025
_FIRST_DAY, _LAST_DAY = date(_FIRST_YEAR, 1, 1).toordinal(), date(_LAST_YEAR, 12, 31).toordinal()


def contradiction_rows(claims: int = 1_000_000, incidents: int = 100_000) -> list[dict[str, Any]]:
    """Find every contradiction among so many claims, and say how long each check took."""
    # As every command of Qiyafa does: records have no cycles, and looking for some costs a fifth.
    collect_seldom()
    chance = random.Random(SEED)
    thefts = [*_incidents(incidents, chance)]
    said = [*_claims(claims, len(thefts), chance)]
    rows, kinds = [], Counter[str]()
    began, processor = time.perf_counter(), time.process_time()
    ground = Ground(said, thefts, {})
    for name, check in CHECKS.items():
        before, found = time.perf_counter(), 0
        for finding in check(ground):
            ground.learn(finding)
            found += 1
            kinds[finding.kind.value] += 1
        rows.append({"name": f"check {name}", "seconds": time.perf_counter() - before, "findings": found})
    whole = {"name": "all contradictions", "seconds": time.perf_counter() - began}
    whole |= {"processor_seconds": time.process_time() - processor, "findings": kinds.total()}
    return [{**whole, "claims": len(said), "incidents": len(thefts), "kinds": dict(kinds)}, *rows]


def _incidents(count: int, chance: random.Random) -> Iterator[Incident]:
    for number in range(count):
        day = date.fromordinal(chance.randint(_FIRST_DAY, _LAST_DAY))
        value = Decimal(chance.randint(10_000, 10**11)) / 100
        yield Incident(
            id=f"incident-{number}",
            title=f"Exchange {number}",
            kind=IncidentKind.THEFT,
            title_source="list",
            dates=(IncidentDate(DateKind.THEFT, Period(day, day), "list"),),
            amounts=(Amount(AmountKind.EXECUTED, value, "USD", "list"),),
        )


def _claims(count: int, incidents: int, chance: random.Random) -> Iterator[Claim]:
    for number in range(count):
        if number % 3 == 0:
            yield _of_incident(number, chance.randrange(incidents), chance)
        else:
            yield _of_actor(number, count // 300 or 1, chance)


def _of_incident(number: int, incident: int, chance: random.Random) -> Claim:
    claimant = f"claimant {chance.randrange(300)}"
    return Claim(
        id=f"claim-{number}",
        claimant=claimant,
        publisher=claimant,
        source=f"source-{claimant}",
        subject="a theft",
        measure=Measure.STOLEN,
        unit="USD",
        quantity=_heard(incident * 7919 % 10**6 * 1000 + 1000, chance),
        bound=chance.choice(_BOUNDS),
        scope=Scope(incident=f"incident-{incident}"),
    )


def _of_actor(number: int, actors: int, chance: random.Random) -> Claim:
    first = chance.randint(_FIRST_YEAR, _LAST_YEAR)
    last = min(_LAST_YEAR, first + chance.choice((0, 0, 0, 0, 1, 3)))
    counts = chance.random() < 0.3
    claimant = f"claimant {chance.randrange(300)}"
    printed = claimant if chance.random() < 0.8 else "a newspaper"
    edition = chance.choice(_EDITIONS)
    actor = chance.randrange(actors)
    truth = (actor * 31 + first * 17 + last) % 60 + 1
    return Claim(
        id=f"claim-{number}",
        claimant=claimant,
        publisher=printed,
        source=f"source-{printed}-{edition}",
        subject="thefts",
        measure=Measure.INCIDENTS if counts else Measure.STOLEN,
        unit="incidents" if counts else "USD",
        quantity=Decimal(truth) if counts else _heard(truth * 10**7, chance),
        bound=chance.choice(_BOUNDS),
        period=Period(year_period(first).start, year_period(last).end),
        statement_date=date(int(edition[:4]), 1, 15),
        edition=edition,
        scope=Scope(actor=f"actor-{actor}"),
    )


def _heard(truth: int, chance: random.Random) -> Decimal:
    """Return a number as somebody gives it: mostly near the truth, now and then another one."""
    if chance.random() < _WRONG:
        truth = chance.randint(1, 3_000) * 10**6
    return Decimal(f"{truth:.2e}")
