"""Blocks from a node of the Bitcoin family: Bitcoin Core, Knots, Litecoin, Dogecoin, over JSON-RPC and REST."""
