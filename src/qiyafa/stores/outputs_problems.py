"""What is wrong with the rows of a chain of outputs: the first are listed, all are counted."""

from dataclasses import dataclass, field

from qiyafa.model.errors import Field, Problem
from qiyafa.stores.merge import LISTED_CONFLICTS


@dataclass(slots=True)
class Problems:
    """The problems of one chain, in the order in which they are met."""

    chain: str
    listed: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, key: str, transaction_hash: str, **fields: Field) -> None:
        """Take one more problem of a transaction; `key` names its sentence."""
        self.count += 1
        if len(self.listed) < LISTED_CONFLICTS:
            self.listed.append(Problem(self.chain, f"transaction {transaction_hash}", key, fields))
