"""What the rest of Qiyafa may know of a reader: its name and the chains whose sources it understands."""

from dataclasses import dataclass

from qiyafa.chains import find_chain
from qiyafa.chains.chain import Chain
from qiyafa.model.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ReaderRecord:
    """One reader. Its name is that of its command, `qiyafa ingest <name>`."""

    name: str
    namespaces: frozenset[str]
    """CAIP-2 namespaces of the chains that it reads."""

    def chain(self, caip2: str) -> Chain:
        """Return a chain that this reader reads. Raises InvalidInput for an unknown one and for one that it does not.

        A reader that understood another family's source would store spellings which that family's ledger never has.
        """
        found = find_chain(caip2)
        if found.caip2.partition(":")[0] not in self.namespaces:
            known = ", ".join(f"{namespace}:…" for namespace in sorted(self.namespaces))
            raise InvalidInput("chains.error.reader_chain", reader=self.name, chain=caip2, known=known)
        return found
