"""The rules of clustering: `HEURISTICS` lists every one, in the order of their numbers in `Merges.rule`."""

from qiyafa.cluster.heuristics import co_spend, deposit_reuse, gas_funder, one_time_change
from qiyafa.cluster.heuristics.heuristic import Heuristic
from qiyafa.model.ledger import LedgerModel

HEURISTICS: dict[str, Heuristic] = {
    "co_spend": Heuristic(LedgerModel.OUTPUTS, co_spend.find, joins=True),
    "one_time_change": Heuristic(LedgerModel.OUTPUTS, one_time_change.find, joins=False),
    "deposit_reuse": Heuristic(LedgerModel.ACCOUNTS, deposit_reuse.find, joins=True),
    "gas_funder": Heuristic(LedgerModel.ACCOUNTS, gas_funder.find, joins=False),
}
