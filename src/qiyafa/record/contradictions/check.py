"""Every contradiction in a set of claims and incidents."""

from collections.abc import Iterator, Mapping, Sequence

from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.source import Source
from qiyafa.record.contradictions import CHECKS
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.contradictions.ground import Ground


def find_contradictions(
    claims: Sequence[Claim], incidents: Sequence[Incident] = (), sources: Mapping[str, Source] | None = None
) -> Iterator[Finding]:
    """Yield what does not go together, check by check; the order of the claims does not matter for what is found."""
    ground = Ground(sorted(claims, key=lambda claim: claim.id), incidents, sources)
    for check in CHECKS.values():
        for finding in check(ground):
            ground.learn(finding)
            yield finding
