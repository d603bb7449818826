"""The chains Qiyafa reads. Only this package may ask which chain it is."""

from collections.abc import Callable

from qiyafa.chains import ethereum
from qiyafa.chains.chain import Chain
from qiyafa.model.errors import InvalidInput

CHAINS: dict[str, Callable[[str], Chain]] = {
    ethereum.NAMESPACE: ethereum.ethereum_like,
}
"""CAIP-2 namespace to what makes its chains from a reference."""


def find_chain(caip2: str) -> Chain:
    """Return the chain of a CAIP-2 identifier such as `eip155:1`. Raises InvalidInput for an unknown one."""
    namespace, _, reference = caip2.partition(":")
    if namespace not in CHAINS:
        known = ", ".join(f"{name}:…" for name in CHAINS)
        raise InvalidInput("chains.error.chain", value=caip2, known=known)
    return CHAINS[namespace](reference)
