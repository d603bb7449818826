"""Attributions as JSON for programs: the entry as it stands in the record, and what comes out when it is weighed.

Probabilities are exact fractions as text (`17/20`) and, beside them, as they are told: two digits, at most 0.99.
"""

from fractions import Fraction

from qiyafa.app.attribution import AttributionPage, AttributionRow, Checked
from qiyafa.app.incident_json import offer_object
from qiyafa.app.record_json import JsonObject, entry_object, problem_object
from qiyafa.record.argument import Argument, Finding, Variation, Weighed
from qiyafa.record.attribution import origin_of
from qiyafa.record.verbal import told, words_of


def page_object(page: AttributionPage) -> JsonObject:
    """Return one attribution, weighed."""
    argument = page.argument
    return {
        **entry_object(argument.attribution),
        "tlp": page.tlp.value,
        "incident_title": page.incident,
        "sources": [entry_object(page.sources[id]) for id in sorted(page.sources)],
        "conditions": {
            "without": sorted(argument.conditions.without),
            "flat_prior": argument.conditions.flat_prior,
        },
        "findings": findings_objects(argument),
        "unused": [item.id for item in argument.unused],
    }


def row_object(row: AttributionRow) -> JsonObject:
    """Return one attribution of a list."""
    one = row.attribution
    return {
        "id": one.id,
        "incident": one.incident,
        "title": one.title,
        "author": one.author,
        "stated": one.stated.isoformat(),
        "findings": [] if row.argument is None else findings_objects(row.argument),
        "problems": [problem_object(problem) for problem in row.problems],
    }


def checked_object(checked: Checked) -> JsonObject:
    """Return what became of a file, or would."""
    return {**offer_object(checked.offer), "attributions": [row_object(row) for row in checked.rows]}


def findings_objects(argument: Argument) -> list[JsonObject]:
    """Return what is concluded, question by question."""
    return [_finding(one) for one in argument.findings]


def _finding(finding: Finding) -> JsonObject:
    return {
        "statement": finding.statement.value,
        "subject": finding.subject,
        "leader": finding.leader.hypothesis.id,
        "standing": finding.standing.value,
        "carried_by": finding.carried_by,
        "ranking": [
            {
                "hypothesis": one.hypothesis.id,
                "answer": one.hypothesis.answer,
                "before": str(one.before),
                **_probability(one.after),
            }
            for one in finding.ranking
        ],
        "prior_decibans": str(finding.prior_decibans),
        "total_decibans": str(finding.total_decibans),
        "evidence": [_weighed(one) for one in finding.evidence],
        "copies": [_weighed(one) for one in finding.copies],
        "without": [{"origin": one.origin, **_variation(one)} for one in finding.without],
        "flat_prior": _variation(finding.flat_prior),
    }


def _weighed(one: Weighed) -> JsonObject:
    return {
        "id": one.item.id,
        "source": one.item.source,
        "origin": origin_of(one.item),
        "grade": one.item.grade,
        "weight_percent": one.weight_percent,
        "side": one.side.value,
        "decibans": str(one.decibans),
        "favours": None if one.favours is None else one.favours.id,
        "disfavours": None if one.disfavours is None else one.disfavours.id,
        "diagnostic": one.is_diagnostic,
        "copy_of": one.copy_of or None,
        "likelihoods": [
            {
                "hypothesis": each.hypothesis.id,
                "given": f"{each.given:f}",
                "counted": str(each.counted),
                "decibans": str(each.decibans),
            }
            for each in one.likelihoods
        ],
    }


def _variation(one: Variation) -> JsonObject:
    return {"leader": one.leader.id, **_probability(one.after)}


def _probability(after: Fraction) -> JsonObject:
    return {"exact": str(after), "probability": str(told(after)), "words": words_of(after).value}
