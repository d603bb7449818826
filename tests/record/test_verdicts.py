"""How each claim stands when it is held against everything else."""

from qiyafa.model.claim import Bound, Measure, Scope
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.verdicts import VerdictKind, verdicts

from support.statements import counted, findings, retold, said


def test_a_claim_ends_in_one_word_and_what_it_rests_on() -> None:
    total = said("un-total", "2000000000", "..2019-08", bound=Bound.UP_TO)
    scope = Scope(incident="exchange-2018")
    claims = [
        total,
        retold(total, "paper-bound", bound=Bound.ABOUT),
        said("un-2023", "750000000", bound=Bound.MORE_THAN),
        said("firm-2023", "660500000"),
        said("firm-2021", "400000000", "2021", edition="2022-01"),
        said("firm-2021-later", "428800000", "2021", edition="2024-01"),
        said("court-exchange", "234337668.88", scope=scope),
        said("paper-exchange", "230000000", scope=scope),
        counted("un-count", "58", "2017..2023"),
        retold(counted("un-count", "58", "2017..2023"), "paper-count"),
        said("firm-sony", "2014", "2014", measure=Measure.BEGINNING, unit="year"),
        said("paper-sony", "2014", "2014", measure=Measure.BEGINNING, unit="year"),
        said("paper-else", "6", measure=Measure.MEETING, unit="ordinal"),
    ]
    found = {one.claim.id: one for one in verdicts(claims, findings(claims), Ground(claims))}
    assert {id: one.kind for id, one in found.items()} == {
        "un-total": VerdictKind.CONSISTENT,
        "paper-bound": VerdictKind.CONTRADICTED,
        "un-2023": VerdictKind.DIFFERS,
        "firm-2023": VerdictKind.DIFFERS,
        "firm-2021": VerdictKind.REVISED,
        "firm-2021-later": VerdictKind.NOT_CHECKED,
        "court-exchange": VerdictKind.CONSISTENT,
        "paper-exchange": VerdictKind.ROUNDED,
        "un-count": VerdictKind.CONSISTENT,
        "paper-count": VerdictKind.CONSISTENT,
        "firm-sony": VerdictKind.CONSISTENT,
        "paper-sony": VerdictKind.CONSISTENT,
        "paper-else": VerdictKind.NOT_CHECKED,
    }
    assert found["firm-2023"].counter is not None
    assert found["firm-2023"].counter.id == "un-2023"


def test_a_retelling_stands_as_what_it_repeats_does() -> None:
    claims = [
        said("firm-2021", "400000000", "2021", edition="2022-01"),
        said("firm-2021-later", "428800000", "2021", edition="2024-01"),
    ]
    told = retold(claims[0], "paper-2021", edition="2022-01")
    (one,) = verdicts([told], findings([*claims, told]), Ground([*claims, told]))
    assert (one.kind, one.counter.id if one.counter else "") == (VerdictKind.REVISED, "firm-2021-later")
