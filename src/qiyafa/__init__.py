"""Qiyafa follows stolen cryptoassets: an exact ledger, every tracing method, and the evidence for each number."""

__version__ = "0.1.0"
