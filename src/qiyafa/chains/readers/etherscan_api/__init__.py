"""Reads the histories of addresses from Etherscan's API V2, which serves many chains under one key."""
