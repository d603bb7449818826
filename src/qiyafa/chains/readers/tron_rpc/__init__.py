"""TRC-20 transfers from the logs of a TRON node, over its Ethereum-style JSON-RPC."""
