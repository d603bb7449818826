"""The command line: parses, calls a use case, and shows its answer. Nothing is computed here."""

from qiyafa.cli.entry import main

__all__ = ["main"]
