"""Reads blocks as the nodes of Bitcoin-like chains keep them: `blk*.dat`, `rev*.dat`, and single raw blocks."""
