"""Which addresses an entry of a list means: what its ticker says, or else whatever the text may spell."""

from qiyafa.model.address import Identity
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ports import AddressReader


def listed_identities(reader: AddressReader, written: str, declared: str) -> tuple[Identity, ...]:
    """Return the addresses that a listed text means, under the ticker or chain that the list declares.

    Of a token's chains the most usual one that accepts the text counts: `0x…` under USDT is Ethereum's, though a node
    of TRON spells addresses so too. A text that the declared chain does not accept is found by its format alone.
    """
    try:
        chains = reader.read(written, declared).chains if declared else ()
    except InvalidInput:
        chains = ()
    return reader.read(written, chains[0] if chains else None).identities
