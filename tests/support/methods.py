"""The methods that tests on chains of accounts go through."""

from qiyafa.model.ledger import LedgerModel
from qiyafa.trace.methods import METHODS

ON_ACCOUNTS = [name for name, method in METHODS.items() if LedgerModel.ACCOUNTS in method.models]
CONSERVING_ON_ACCOUNTS = [name for name in ON_ACCOUNTS if METHODS[name].conserves]
CONSERVING = [name for name, method in METHODS.items() if method.conserves]
"""On chains of outputs."""
