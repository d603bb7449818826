"""What lists and labels say of the address itself, and of other addresses of its cluster."""

from collections.abc import Iterator, Sequence

from qiyafa.model.designation import Designation, Force
from qiyafa.model.errors import Field
from qiyafa.model.label import Label, LabelState
from qiyafa.model.verdict import Outcome, Reason, ReasonKind
from qiyafa.screen.evidence import Evidence, Neighbour
from qiyafa.screen.finding import Finding
from qiyafa.screen.rules import Rules

_SENTENCES = {
    (Force.IN_FORCE, True): ("screen.reason.listed", "screen.reason.listed_named"),
    (Force.IN_FORCE, False): ("screen.reason.listed_undated", "screen.reason.listed_undated_named"),
    (Force.PAST, True): ("screen.reason.past", "screen.reason.past_named"),
    (Force.PAST, False): ("screen.reason.past", "screen.reason.past_named"),
    (Force.NOT_YET, True): ("screen.reason.not_yet", "screen.reason.not_yet_named"),
    (Force.NOT_YET, False): ("screen.reason.not_yet_undated", "screen.reason.not_yet_undated_named"),
}
"""By force, and by whether the date is a designation's: the sentence without and with the name of the party."""


def designation_findings(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Yield what official lists say of the address: in force, past, or not yet on the day."""
    outcomes = {
        Force.IN_FORCE: (ReasonKind.DESIGNATION, rules.lists.in_force, "lists.in_force"),
        Force.PAST: (ReasonKind.PAST_DESIGNATION, rules.lists.past, "lists.past"),
        Force.NOT_YET: (ReasonKind.DESIGNATION, Outcome.NO_HIT, ""),
    }
    for one in evidence.designations:
        force = one.force(evidence.circumstances.day)
        kind, outcome, rule = outcomes[force]
        key, fields = _sentence(one, force)
        reason = Reason(kind, outcome, rule, key, fields, {"designations": [designation_object(one)]})
        yield Finding(reason, _chain_of(one.identities, evidence))


def label_findings(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Yield what labels say of the address; those that no rule weighs are shown and change nothing."""
    for label in evidence.labels:
        outcome, rule = label_weight(label, rules)
        key = "screen.reason.label_disputed" if label.state is LabelState.DISPUTED else "screen.reason.label"
        reason = Reason(
            ReasonKind.LABEL, outcome, rule, key, _label_fields(label), {"labels": [label_object(label)]}
        )  # fmt: skip
        chain = label.chain if label.chain in evidence.reading.chains else None
        yield Finding(reason, chain or _chain_of((label.identity,), evidence))


def label_weight(label: Label, rules: Rules) -> tuple[Outcome, str]:
    """Return what a label weighs and by which rule: its risk alone counts, never where it routes a trace."""
    for rule in rules.labels:
        if label.risk in rule.categories and label.level >= rule.least_confidence:
            return rule.outcome, rule.id
    return Outcome.NO_HIT, ""


def cluster_findings(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Yield what lists and labels say of other addresses of the cluster."""
    for neighbour in evidence.neighbours:
        yield from _listed_neighbours(neighbour, evidence, rules)
        yield from _labelled_neighbours(neighbour, rules)


def _listed_neighbours(neighbour: Neighbour, evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    weights = {
        Force.IN_FORCE: ("screen.reason.cluster_listed", rules.cluster.in_force, "cluster.in_force"),
        Force.PAST: ("screen.reason.cluster_past", rules.cluster.past, "cluster.past"),
    }
    for one in neighbour.designations:
        force = one.force(evidence.circumstances.day)
        if force in weights:
            key, outcome, rule = weights[force]
            fields: dict[str, Field] = {"address": neighbour.address, "authority": one.authority.upper()}
            fields |= {"since": str(one.listed_from)}
            fields |= {"until": str(one.listed_to)} if force is Force.PAST else {}
            found: dict[str, object] = {"address": neighbour.address, "designations": [designation_object(one)]}
            yield Finding(Reason(ReasonKind.CLUSTER, outcome, rule, key, fields, found), neighbour.chain)


def _labelled_neighbours(neighbour: Neighbour, rules: Rules) -> Iterator[Finding]:
    for label in neighbour.labels:
        outcome, _ = label_weight(label, rules)
        if outcome is not Outcome.NO_HIT:
            fields = {"address": neighbour.address, **_label_fields(label)}
            found: dict[str, object] = {"address": neighbour.address, "labels": [label_object(label)]}
            reason = Reason(
                ReasonKind.CLUSTER, rules.cluster.label, "cluster.label", "screen.reason.cluster_label", fields, found
            )
            yield Finding(reason, neighbour.chain)


def _sentence(one: Designation, force: Force) -> tuple[str, dict[str, Field]]:
    unnamed, named = _SENTENCES[force, one.is_dated]
    fields: dict[str, Field] = {"authority": one.authority.upper(), "since": str(one.listed_from), "list": one.list_id}
    if force is Force.PAST:
        fields["until"] = str(one.listed_to)
    if one.party:
        fields["party"] = one.party
    return named if one.party else unnamed, fields


def _label_fields(label: Label) -> dict[str, Field]:
    fields: dict[str, Field] = {
        "category": (label.risk or label.category).value,
        "name": label.name or label.entity,
        "source": label.source,
        "confidence": label.level,
    }
    return fields | ({"objection": label.objection} if label.state is LabelState.DISPUTED else {})


def _chain_of(identities: Sequence[object], evidence: Evidence) -> str | None:
    """Return the most usual chain of the identity by which the address was found."""
    return next((chain for identity, chain in evidence.chain_of.items() if identity in identities), None)


def designation_object(one: Designation) -> dict[str, object]:
    """Return a designation as plain data."""
    return {
        "list": one.list_id,
        "authority": one.authority,
        "version": one.version,
        "entry": one.entry,
        "party": one.party,
        "written": one.written,
        "declared": one.declared,
        "programmes": list(one.programmes),
        "listed_from": str(one.listed_from),
        "is_dated": one.is_dated,
        "listed_to": None if one.listed_to is None else str(one.listed_to),
        "reason": one.reason,
    }


def label_object(label: Label) -> dict[str, object]:
    """Return what a verdict says of a label, as plain data."""
    return {
        "id": label.id,
        "name": label.name,
        "entity": label.entity,
        "category": label.category.value,
        "risk": None if label.risk is None else label.risk.value,
        "confidence": label.confidence,
        "level": label.level,
        "grade": label.grade,
        "source": label.source,
        "source_url": label.source_url,
        "tlp": label.tlp.value,
        "state": label.state.value,
        "objection": label.objection,
    }
