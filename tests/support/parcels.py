"""Parcels for tests: every field may hold anything that it can, and references lead to what is in the parcel."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from qiyafa.chains.formats import FORMATS
from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, Likelihood, StatementKind
from qiyafa.model.case import OutputRef, Theft, TransferRef
from qiyafa.model.claim import Bound, Claim, ClaimState, Measure, Modality, Quote, Scope
from qiyafa.model.finding import Fate, Flow
from qiyafa.model.incident import (
    ActorLink,
    Amount,
    AmountKind,
    Basis,
    DateKind,
    Incident,
    IncidentDate,
    IncidentKind,
    IncidentStatus,
    Link,
    LinkKind,
    Relation,
    RelationKind,
    StatedText,
    StolenAsset,
    TheftLink,
    Victim,
)
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import Parcel, SharedFlow, Span, key_of
from qiyafa.model.period import Period
from qiyafa.model.source import Source
from qiyafa.sharing.stix.pen import Places

from support.labels import NAMES, ROUTER, TEXTS, labels

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
ETHEREUM = "eip155:1"
HASH = "0xc28fad5e8d5e0ce6a2eaf67b6687be5d58113e16be590824d6cfa1a94467d0b7"
PLACES = Places(FORMATS, lambda chain: "ETH" if chain == ETHEREUM else chain)
TLPS = st.sampled_from(Tlp)
_MONEY = st.decimals(min_value=0, max_value=10**20, places=2, allow_nan=False, allow_infinity=False)
_DAYS = st.dates(date(1950, 1, 1), date(2090, 1, 1))
_MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
_COUNTRIES = st.sampled_from(["", "KR", "BD", "US"])


def periods() -> st.SearchStrategy[Period]:
    """Return stretches of days, open on either side or not."""
    days = st.lists(st.none() | _DAYS, min_size=2, max_size=2)
    return days.map(lambda both: Period(*sorted(both)) if None not in both else Period(*both))  # type: ignore[type-var]


def made_source(id: str = "report", **fields: Any) -> Source:
    """Return a source; `fields` are any of it."""
    given = {
        "publisher": "Somebody",
        "title": "A report",
        "url": f"https://example.org/{id}",
        "published": None,
        **fields,
    }
    return Source(id=id, **given)


def made_claim(id: str = "claim", source: str = "report", **fields: Any) -> Claim:
    """Return a claim; `fields` are any of it."""
    given = {"measure": Measure.STOLEN, "unit": "USD", "quantity": Decimal("230000000"), **fields}
    return Claim(id=id, claimant="A claimant", publisher="A paper", source=source, subject="thefts", **given)


def made_incident(id: str = "exchange-2018", source: str = "report", **fields: Any) -> Incident:
    """Return a theft; `fields` are any of it."""
    return Incident(id=id, title=f"Theft {id}", kind=IncidentKind.THEFT, title_source=source, **fields)


def parcel_of(*items: Any) -> Parcel:
    """Return a parcel of some items."""

    def of(shape: type) -> tuple[Any, ...]:
        return tuple(one for one in items if isinstance(one, shape))

    return Parcel(AS_OF, of(Source), of(Actor), of(Incident), of(Claim), of(Attribution), of(Label), of(SharedFlow))


def ids_of(parcel: Parcel) -> list[str]:
    """Return the ids of everything in a parcel."""
    return [item.id for item in parcel.items()]


@st.composite
def parcels(draw: st.DrawFn) -> Parcel:
    """Return parcels of everything, in which all references lead somewhere."""
    count = draw(st.integers(1, 3))
    sources = tuple(draw(_source(number)) for number in range(count))
    cited = st.sampled_from([one.id for one in sources])
    actors = tuple(draw(_actor(number, cited)) for number in range(draw(st.integers(0, 2))))
    acting = st.sampled_from(["", *(one.id for one in actors)])
    incidents = tuple(draw(_incident(number, cited, acting)) for number in range(draw(st.integers(0, 2))))
    happening = st.sampled_from(["", *(one.id for one in incidents)])
    claims = tuple(draw(_claim(number, cited, acting, happening)) for number in range(draw(st.integers(0, 3))))
    attributions = tuple(draw(_attribution(one.id, cited)) for one in incidents[:1])
    named = {one.id: one for one in draw(st.lists(labels(), max_size=2))}
    flows = (draw(_flow(happening)),) if draw(st.booleans()) else ()
    parcel = Parcel(AS_OF, sources, actors, incidents, claims, attributions, tuple(named.values()), flows)
    spans = {key_of(item): draw(_spans) for item in (*parcel.entries, *parcel.labels)}
    gone = draw(st.frozensets(st.sampled_from(sorted(spans))))
    return Parcel(AS_OF, sources, actors, incidents, claims, attributions, parcel.labels, flows, spans, gone)


_spans = st.builds(
    lambda begin, days: Span(
        begin.replace(microsecond=begin.microsecond // 1000 * 1000),
        begin.replace(microsecond=begin.microsecond // 1000 * 1000) + timedelta(days=days),
    ),
    _MOMENTS,
    st.integers(0, 900),
)


def _source(number: int) -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        id=st.just(f"source-{number}"),
        publisher=TEXTS,
        title=TEXTS,
        url=NAMES.map(lambda name: f"https://example.org/{name}"),
        published=st.none() | _DAYS,
        edition=TEXTS,
        grade=st.sampled_from(["A1", "B3", "F6"]),
        origin=st.sampled_from(["", "source-0"]) if number else st.just(""),
        language=st.sampled_from(["", "ar", "ko"]),
        tlp=TLPS,
        licence=TEXTS,
    )


def _actor(number: int, cited: st.SearchStrategy[str]) -> st.SearchStrategy[Actor]:
    aliases = st.builds(Alias, NAMES, st.sampled_from(AliasRelation), cited, st.just("") | cited)
    return st.builds(
        Actor,
        id=st.just(f"actor-{number}"),
        name=NAMES,
        source=cited,
        parent=st.sampled_from(["", "actor-0"]) if number else st.just(""),
        parent_source=st.just("") | cited,
        country=_COUNTRIES,
        aliases=st.lists(aliases, max_size=2).map(tuple),
        identifiers=st.lists(st.tuples(st.sampled_from(["mitre-attack", "galaxy"]), NAMES), max_size=1).map(tuple),
        tlp=TLPS,
    )


def _incident(
    number: int, cited: st.SearchStrategy[str], acting: st.SearchStrategy[str]
) -> st.SearchStrategy[Incident]:
    def some(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(one, max_size=2).map(tuple)

    linked = st.builds(ActorLink, acting.filter(bool), st.sampled_from(IncidentStatus), cited, st.none() | periods())
    tied = st.builds(Relation, st.sampled_from(RelationKind), st.just("incident-0"), cited, TEXTS)
    stated = st.builds(StatedText, NAMES, cited)
    return st.builds(
        Incident,
        id=st.just(f"incident-{number}"),
        title=TEXTS,
        kind=st.sampled_from(IncidentKind),
        title_source=cited,
        dates=some(st.builds(IncidentDate, st.sampled_from(DateKind), periods(), cited)),
        victims=some(st.builds(Victim, NAMES, st.sampled_from(["exchange", "individual"]), _COUNTRIES, cited)),
        amounts=some(_amounts(cited)),
        assets=some(_assets(cited)),
        actors=some(linked) if _has_more(acting) else st.just(()),
        methods=some(stated),
        chains=some(st.builds(StatedText, st.just(ETHEREUM), cited)),
        thefts=some(st.builds(TheftLink, _thefts(), cited)),
        links=some(st.builds(Link, st.sampled_from(LinkKind), NAMES, cited)),
        relations=some(tied) if number else st.just(()),
        summary=some(stated),
        known_from=st.none() | _MOMENTS,
        tlp=TLPS,
    )


def _has_more(acting: Any) -> bool:
    return len(acting.elements) > 1


def _amounts(cited: st.SearchStrategy[str]) -> st.SearchStrategy[Amount]:
    kinds, bounds, bases = st.sampled_from(AmountKind), st.sampled_from(Bound), st.sampled_from(Basis)
    currencies = st.sampled_from(["USD", "KRW"])
    return st.builds(Amount, kinds, _MONEY, currencies, cited, bounds, bases, st.none() | periods(), TEXTS)


def _assets(cited: st.SearchStrategy[str]) -> st.SearchStrategy[StolenAsset]:
    return st.builds(
        StolenAsset,
        symbol=NAMES,
        quantity=st.none() | _MONEY,
        value=st.none() | _MONEY,
        currency=st.just("USD"),
        source=cited,
        asset=st.sampled_from(["", "eip155:1/slip44:60"]),
        price_time=st.none() | periods(),
        basis=st.sampled_from(Basis),
    )


def _thefts() -> st.SearchStrategy[Theft]:
    places = st.just(()) | st.just((TransferRef(HASH, 1), TransferRef(HASH, 2)))
    outputs = st.just(()) | st.just((OutputRef("5" * 64), OutputRef("6" * 64, 0)))
    return st.builds(
        Theft,
        id=NAMES,
        chain=st.just(ETHEREUM),
        address=st.none() | st.just(ROUTER),
        from_block=st.integers(0, 10**9),
        transfers=places,
        outputs=outputs,
        asset=st.none() | st.just("eip155:1/slip44:60"),
    )


def _claim(
    number: int, cited: st.SearchStrategy[str], acting: st.SearchStrategy[str], happening: st.SearchStrategy[str]
) -> st.SearchStrategy[Claim]:
    scopes = st.builds(Scope, acting, happening, TEXTS, TEXTS, _COUNTRIES, TEXTS, TEXTS)
    return st.builds(
        Claim,
        id=st.just(f"claim-{number}"),
        claimant=TEXTS,
        publisher=TEXTS,
        source=cited,
        subject=NAMES,
        measure=st.sampled_from(Measure),
        unit=st.sampled_from(["USD", "incidents", "ratio", "ordinal"]),
        quantity=st.none() | st.decimals(-(10**9), 10**20, places=3, allow_nan=False),
        bound=st.sampled_from(Bound),
        lower=st.none() | _MONEY,
        upper=st.none() | _MONEY,
        modality=st.sampled_from(Modality),
        period=periods(),
        cumulative=st.none() | st.booleans(),
        statement_date=st.none() | _DAYS,
        edition=TEXTS,
        supersedes=st.sampled_from(["", "claim-0"]) if number else st.just(""),
        scope=scopes,
        quote=st.none() | st.builds(Quote, NAMES, st.none() | st.integers(0, 9), st.none() | st.integers(9, 99), TEXTS),
        basis=st.sampled_from(["", "at theft"]),
        state=st.sampled_from([ClaimState.ACCEPTED, ClaimState.PROPOSED]),
        known_from=st.none() | _MOMENTS,
        tlp=TLPS,
        note=TEXTS,
    )


def _attribution(incident: str, cited: st.SearchStrategy[str]) -> st.SearchStrategy[Attribution]:
    chances = st.decimals("0.01", "0.99", places=2)
    return st.builds(
        lambda prior, likely, source, fields: Attribution(
            id="argument-0",
            incident=incident,
            hypotheses=(
                Hypothesis("h1", StatementKind.INCIDENT_BY_ACTOR, incident, "actor-0", "They did.", prior, "why"),
                Hypothesis("h2", StatementKind.INCIDENT_BY_ACTOR, incident, "other", "Others did.", 1 - prior, "why"),
            ),
            evidence=(
                EvidenceItem(
                    "e1",
                    "Their address.",
                    "address reuse",
                    source,
                    "B2",
                    "",
                    (Likelihood("h1", likely), Likelihood("h2", Decimal("0.5"))),
                    "why",
                ),
            ),
            **fields,
        ),
        chances,
        chances,
        cited,
        st.fixed_dictionaries(
            {
                "title": NAMES,
                "author": NAMES,
                "stated": _DAYS,
                "not_considered": st.lists(NAMES, max_size=2).map(tuple),
                "known_from": st.none() | _MOMENTS,
                "tlp": TLPS,
            }
        ),
    )


def made_flow(**fields: Any) -> SharedFlow:
    """Return a traced transfer of more units than a JSON number holds; `fields` are any of how it was found."""
    flow = Flow(
        chain=ETHEREUM,
        transaction_hash=HASH,
        position=1,
        block_number=14442835,
        time="2022-03-23T13:29:09Z",
        kind="native",
        source=ROUTER.lower(),
        target="0x098b716b8aaf21512996dc57eb0615e2383e2f96",
        asset="eip155:1/slip44:60",
        theft="theft",
        stolen_units=173_600 * 10**18,
        units=173_600 * 10**18 + 1,
        fate=Fate.STOPPED,
    )
    return SharedFlow(**{"flow": flow, "method": "fifo", "case": "ronin", "symbol": "ETH", **fields})


def _flow(happening: st.SearchStrategy[str]) -> st.SearchStrategy[SharedFlow]:
    return st.builds(lambda incident: made_flow(incident=incident), happening)
