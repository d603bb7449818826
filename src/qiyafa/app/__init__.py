"""Use cases: what the faces call. The only layer that reads the clock, the environment and randomness."""
