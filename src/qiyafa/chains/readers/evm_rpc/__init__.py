"""Reads whole blocks from an Ethereum-like node: blocks, receipts, logs and traces over JSON-RPC."""
