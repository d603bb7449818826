"""Claims and attributions as STIX: notes that say in a sentence, and in our extension exactly, what somebody states.

A claim is no opinion in the sense of STIX, which agrees or disagrees with an object: it is a note about the publication
and what it speaks of. The sentences are English in every language, since an object's content must not depend on that.
"""

from collections.abc import Iterator
from typing import Final

from qiyafa.model.attribution import Attribution, StatementKind
from qiyafa.model.claim import Bound, Claim, Modality
from qiyafa.record.argument import Ranked
from qiyafa.record.attribution import argue
from qiyafa.record.attribution_check import attribution_problems
from qiyafa.record.verbal import Verbal, told
from qiyafa.sharing.stix.entries import actor_id, report_id
from qiyafa.sharing.stix.extensions import EXTENSIONS, property_extension
from qiyafa.sharing.stix.ids import object_id
from qiyafa.sharing.stix.incidents import attributed_to, incident_id
from qiyafa.sharing.stix.pen import Pen, StixObject
from qiyafa.sharing.stix.plain import plain_of

_OPINIONS: Final = {
    Verbal.ALMOST_CERTAIN: "strongly-agree",
    Verbal.VERY_LIKELY: "agree",
    Verbal.LIKELY: "agree",
    Verbal.EVEN: "neutral",
    Verbal.UNLIKELY: "disagree",
    Verbal.VERY_UNLIKELY: "disagree",
    Verbal.ALMOST_NO_CHANCE: "strongly-disagree",
}
"""Which of the five opinions of STIX the words for a probability are."""


def claim_id(claim: str) -> str:
    """Return the identifier of a claim."""
    return object_id("note", "claim", claim)


def attribution_id(attribution: str) -> str:
    """Return the identifier of an attribution."""
    return object_id("note", "attribution", attribution)


def write_claim(pen: Pen, claim: Claim) -> Iterator[StixObject]:
    """Yield the note of a claim."""
    about = [report_id(claim.source)]
    if claim.scope.actor:
        about.append(actor_id(claim.scope.actor))
    if claim.scope.incident:
        about.append(incident_id(claim.scope.incident))
    yield pen.object(
        claim,
        "note",
        claim_id(claim.id),
        abstract=claim.subject,
        content=claim_words(claim),
        authors=[name for name in (claim.claimant,) if name],
        confidence=pen.confidence(claim.source),
        object_refs=about,
        external_references=pen.references([claim.source]),
        extensions={EXTENSIONS["claim"]: property_extension(**plain_of(claim))},
    )


def claim_words(claim: Claim) -> str:
    """Return a claim as an English sentence."""
    quantity = "" if claim.quantity is None else f"{claim.quantity:f}"
    if claim.quantity is None and (claim.lower is not None or claim.upper is not None):
        least, most = ("" if one is None else f"{one:f}" for one in (claim.lower, claim.upper))
        quantity = f"{least}..{most}"
    bound = "" if claim.bound is Bound.EXACT else claim.bound.value
    modality = "" if claim.modality is Modality.STATED else f"({claim.modality.value})"
    said = " ".join(part for part in (claim.measure.value, bound, quantity, claim.unit, modality) if part)
    who = claim.claimant or claim.publisher
    told = f"{who}: {claim.subject}: {said}, {claim.period}." if who else f"{claim.subject}: {said}, {claim.period}."
    return told if claim.quote is None else f"{told}\n\n{claim.quote.words}"


def write_attribution(pen: Pen, attribution: Attribution) -> Iterator[StixObject]:
    """Yield the note of an argument, and an opinion of each hypothesis: how it stands after all evidence."""
    id = attribution_id(attribution.id)
    yield pen.object(
        attribution,
        "note",
        id,
        abstract=attribution.title,
        content=attribution_words(attribution),
        authors=[name for name in (attribution.author,) if name],
        object_refs=[incident_id(attribution.incident)],
        external_references=pen.references(one.source for one in attribution.evidence),
        extensions={EXTENSIONS["attribution"]: property_extension(**plain_of(attribution))},
    )
    if any(attribution_problems(attribution)):
        return  # It does not hold together, so it concludes nothing.
    for finding in argue(attribution).findings:
        for ranked in finding.ranking:
            yield _opinion(pen, attribution, ranked)


def _opinion(pen: Pen, attribution: Attribution, ranked: Ranked) -> StixObject:
    hypothesis = ranked.hypothesis
    about = [attribution_id(attribution.id)]
    if hypothesis.statement is StatementKind.INCIDENT_BY_ACTOR:
        about += [id for id in (attributed_to(pen, attribution.incident, hypothesis.answer),) if id]
    said = {
        "attribution": attribution.id,
        "hypothesis": hypothesis.id,
        "statement": hypothesis.statement.value,
        "subject": hypothesis.subject,
        "answer": hypothesis.answer,
        "probability": f"{told(ranked.after):f}",
        "words": ranked.words.value,
    }
    return pen.object(
        attribution,
        "opinion",
        object_id("opinion", attribution.id, hypothesis.id),
        explanation=hypothesis.words,
        authors=[name for name in (attribution.author,) if name],
        opinion=_OPINIONS[ranked.words],
        object_refs=about,
        extensions={EXTENSIONS["hypothesis"]: property_extension(**said)},
    )


def attribution_words(attribution: Attribution) -> str:
    """Return an argument as English lines: what it says, the hypotheses, the evidence, what was not considered."""
    lines = [attribution.title or attribution.id]
    lines += [f"Hypothesis {one.id}: {one.words}" for one in attribution.hypotheses]
    lines += [f"Evidence {one.id} ({one.grade}): {one.words}" for one in attribution.evidence]
    lines += [f"Not considered: {one}" for one in attribution.not_considered]
    return "\n".join(lines)
