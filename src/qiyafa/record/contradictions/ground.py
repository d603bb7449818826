"""What the checks stand on: claims and incidents, put together by what they could contradict each other about.

Every grouping is made once, in one pass, so that the checks stay near linear: a claim is compared within its group
only.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.period import Period
from qiyafa.model.source import Source
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.quantities import is_money
from qiyafa.record.questions import (
    Question,
    ScopeKey,
    amount_claims,
    claimant_key,
    is_of_incident,
    question_of,
    scope_key,
    statements,
)

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


class Ground:
    """Claims that count, the incidents of the registry, and their sources."""

    def __init__(
        self, claims: Sequence[Claim], incidents: Sequence[Incident] = (), sources: Mapping[str, Source] | None = None
    ) -> None:
        self.claims = claims
        self.incidents = incidents
        self.sources: Mapping[str, Source] = sources or {}
        self._statements: dict[Question, list[Claim]] = {}
        self._misread: set[str] = set()
        self._explained: set[tuple[str, str]] = set()

    def learn(self, finding: Finding) -> None:
        """Remember what a finding explains, so that a vaguer check does not report the same two claims again."""
        first = finding.claims[0].id
        if finding.misread:
            self._misread.add(first)
        for other in finding.claims[1:]:
            self._explained.add((first, other.id))

    def is_explained(self, one: Claim, other: Claim) -> bool:
        """Tell whether a check before has said why two claims do not go together."""
        return (one.id, other.id) in self._explained or (other.id, one.id) in self._explained

    def is_misread(self, claim: Claim) -> bool:
        """Tell whether a check before has found that a claim misreads another one."""
        return claim.id in self._misread

    @cached_property
    def questions(self) -> dict[Question, list[Claim]]:
        """The claims by the question that they answer, in the order given."""
        return grouped(self.claims, question_of)

    @cached_property
    def retellings(self) -> list[list[Claim]]:
        """Claims of one claimant with one number about one scope, from more than one source."""
        groups = grouped((one for one in self.claims if one.quantity is not None), _retelling_key)
        return [group for group in groups.values() if len({one.source for one in group}) > 1]

    @cached_property
    def amounts_of_claimant(self) -> dict[tuple[str, Period], list[Claim]]:
        """Amounts of money over periods, by claimant and period."""
        amounts = (one for one in self.claims if is_money(one.unit) and one.quantity and not one.scope.incident)
        return grouped(amounts, lambda claim: (claimant_key(claim), claim.period))

    @cached_property
    def by_scope(self) -> dict[ScopeKey, list[Claim]]:
        """The claims of each scope with all its amounts, if it is one incident."""
        found = grouped(self.claims, lambda claim: scope_key(claim.scope))
        for incident in self.incidents:
            found.setdefault((incident.id, "", ""), []).extend(amount_claims(incident, self.sources))
        return found

    @cached_property
    def incident_questions(self) -> dict[Question, list[Claim]]:
        """What is claimed of single incidents, with the amounts that the registry holds of them."""
        about = {key for key in self.questions if is_of_incident(key[0])}
        incidents = {key[0][0] for key in about}
        amounts = (
            amount
            for incident in self.incidents
            if incident.id in incidents
            for amount in amount_claims(incident, self.sources)
        )
        found = {question: list(self.questions[question]) for question in about}
        for question, group in grouped(amounts, question_of).items():
            if question in found:
                found[question] += group
        return found

    def statements_of(self, question: Question) -> list[Claim]:
        """Return the statements that answer a question and are no misreadings, each claimant's newest last.

        They are put together once: whatever finds misreadings has run before.
        """
        if question not in self._statements:
            every = self.incident_questions if is_of_incident(question[0]) else self.questions
            told = (one for one in every[question] if not self.is_misread(one))
            self._statements[question] = statements(told, self.sources)
        return self._statements[question]

    @cached_property
    def open_questions(self) -> list[Question]:
        """The questions that have more than one answer, in the order in which they first come up."""
        return [
            question
            for question, group in self.questions.items()
            if len(self.incident_questions[question] if is_of_incident(question[0]) else group) > 1
        ]


def grouped(items: Iterable[Item], key: Callable[[Item], Key | None]) -> dict[Key, list[Item]]:
    """Return things by a key, leaving out those that have none; groups and things keep their order."""
    groups: defaultdict[Key, list[Item]] = defaultdict(list)
    for item in items:
        found = key(item)
        if found is not None:
            groups[found].append(item)
    return dict(groups)


def _retelling_key(claim: Claim) -> tuple[Hashable, ...]:
    return (claimant_key(claim), scope_key(claim.scope), claim.quantity)
