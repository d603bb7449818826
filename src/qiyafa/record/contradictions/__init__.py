"""Contradictions between claims. A new check is a file here and a line below.

They run in this order: what a check explains, a later and vaguer one does not report again.
"""

from collections.abc import Callable, Iterator

from qiyafa.record.contradictions.bound_dropped import bound_dropped
from qiyafa.record.contradictions.change import change_against_amounts
from qiyafa.record.contradictions.cumulative import cumulative_read_as_annual
from qiyafa.record.contradictions.differs import differs_by_source
from qiyafa.record.contradictions.double_counted import double_counted
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.contradictions.parts import sum_against_parts
from qiyafa.record.contradictions.parts_of_incidents import sum_against_incidents
from qiyafa.record.contradictions.revised import revised_edition
from qiyafa.record.contradictions.rounded import rounded
from qiyafa.record.contradictions.share import share_against_amount
from qiyafa.record.contradictions.unit_changed import unit_changed
from qiyafa.record.contradictions.valuation import valuation_basis

Check = Callable[[Ground], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "unit_changed": unit_changed,
    "cumulative": cumulative_read_as_annual,
    "bound_dropped": bound_dropped,
    "revised": revised_edition,
    "valuation": valuation_basis,
    "parts": sum_against_parts,
    "parts_of_incidents": sum_against_incidents,
    "share": share_against_amount,
    "change": change_against_amounts,
    "double_counted": double_counted,
    "rounded": rounded,
    "differs": differs_by_source,
}
"""By the name of the file."""
