"""Transfers that Tronscan, the explorer of TRON, lists for an address."""
