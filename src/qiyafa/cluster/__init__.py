"""Which addresses are controlled together? Merges by named rules, each with its transaction; no I/O, no clock."""
