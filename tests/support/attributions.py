"""Attributions for tests: hypotheses and evidence in a few words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, Likelihood, StatementKind

INCIDENT = "exchange-2023"
BY_ACTOR = StatementKind.INCIDENT_BY_ACTOR


def hypothesis(
    answer: str, prior: str, statement: StatementKind = BY_ACTOR, subject: str = INCIDENT, id: str = ""
) -> Hypothesis:
    """Return a hypothesis; its id is its answer if none is given."""
    return Hypothesis(id or answer, statement, subject, answer, f"It was {answer}.", Decimal(prior), "A reason.")


def item(id: str, likelihoods: Mapping[str, str], grade: str = "A2", origin: str = "") -> EvidenceItem:
    """Return an item of evidence; its origin is itself if none is given."""
    return EvidenceItem(
        id=id,
        words=f"Observation {id}.",
        kind="official statement",
        source="report-2024",
        grade=grade,
        origin=origin or id,
        likelihoods=tuple(Likelihood(one, Decimal(probability)) for one, probability in likelihoods.items()),
        reason="A reason.",
    )


def attribution(
    hypotheses: tuple[Hypothesis, ...], *evidence: EvidenceItem, id: str = "who", incident: str = INCIDENT
) -> Attribution:
    """Return an attribution of one incident."""
    return Attribution(id, incident, "Who did it", "A. Analyst", date(2024, 2, 1), hypotheses, evidence)


EVEN = (hypothesis("group", "0.5"), hypothesis("other", "0.5"))
"""Two hypotheses, each as likely as the other."""
