"""Invented ledgers with a known truth: a theft, its laundering, and the ordinary life around it, from a seed."""
