"""What all chains of outputs share: scripts and their addresses, blocks and their proofs."""
