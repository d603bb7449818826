"""Taint in, highest out: the stolen units of a transaction go to its highest outputs.

Source: Tironsakkul, Maarek, Eross and Just, "Probing the Mystery of Cryptocurrency Theft: An Investigation into Methods
for Cryptocurrency Tainting Analysis" (arXiv 1906.05754, 2019): whoever launders a haul sends most of it on, so the
largest output is the one to follow. Fixed here: outputs are served by value, the highest first, ties by index; among
stolen lots those of the highest input go first, ties by index; the fee takes the rest. So it conserves, and is exact.
Only where transactions have outputs. Not good for: payments in which the change is the larger output.
"""

from qiyafa.model.ledger import LedgerModel
from qiyafa.trace.methods.stolen_first import StolenFirst


class Tiho(StolenFirst):
    """Stolen lots first, with inputs and outputs taken by value instead of by index."""

    models = frozenset({LedgerModel.OUTPUTS})
    largest_first = True
