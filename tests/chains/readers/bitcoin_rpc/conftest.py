"""A node of the Bitcoin family with some history, shared by the tests of one run."""

from collections.abc import Iterator

import pytest
from tests.support.litecoind import MATURITY, PROGRAMS, CoreLikeNode, running_node


@pytest.fixture(scope="session", params=PROGRAMS, ids=lambda program: program.name)
def core(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoreLikeNode]:
    """A node whose wallet has paid to every kind of address and spent what it got. Tests add blocks, and drop none."""
    with running_node(tmp_path_factory.mktemp("node"), request.param) as node:
        node.mine(MATURITY + 5, node.new_address())
        for kind in ("legacy", "p2sh-segwit", "bech32"):
            node.send(node.new_address(kind), "12.34567891")
            node.mine(1)
        for _ in range(3):
            node.send(node.new_address(), "20.00000001")
            node.send(node.new_address("legacy"), "0.5")
            node.mine(2)
        yield node
