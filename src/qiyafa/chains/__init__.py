"""The chains Qiyafa reads. Only this package may ask which chain it is."""

from collections.abc import Callable

from qiyafa.chains import bitcoin, dogecoin, ethereum, litecoin, tron
from qiyafa.chains.chain import Chain
from qiyafa.chains.outputs.network import NAMESPACE as OUTPUTS
from qiyafa.chains.outputs.network import Network, chain_of
from qiyafa.model.errors import InvalidInput

NETWORKS: dict[str, Network] = {
    network.reference: network for network in (*bitcoin.NETWORKS, *litecoin.NETWORKS, *dogecoin.NETWORKS)
}
"""The chains of outputs, by their CAIP-2 references."""


def _chain_of_outputs(reference: str) -> Chain:
    return chain_of(find_network(f"{OUTPUTS}:{reference}"))


CHAINS: dict[str, Callable[[str], Chain]] = {
    ethereum.NAMESPACE: ethereum.ethereum_like,
    tron.NAMESPACE: tron.tron_network,
    OUTPUTS: _chain_of_outputs,
}
"""CAIP-2 namespace to what makes its chains from a reference."""


def find_chain(caip2: str) -> Chain:
    """Return the chain of a CAIP-2 identifier such as `eip155:1`. Raises InvalidInput for an unknown one."""
    namespace, _, reference = caip2.partition(":")
    if namespace not in CHAINS:
        known = ", ".join(f"{name}:…" for name in CHAINS)
        raise InvalidInput("chains.error.chain", value=caip2, known=known)
    return CHAINS[namespace](reference)


def find_network(named: str) -> Network:
    """Return a chain of outputs by its name (`litecoin-regtest`) or CAIP-2. Raises InvalidInput for an unknown one."""
    for network in NETWORKS.values():
        if named in (network.slug, network.caip2):
            return network
    known = ", ".join(network.slug for network in NETWORKS.values())
    raise InvalidInput("chains_outputs.error.network", value=named, known=known)
