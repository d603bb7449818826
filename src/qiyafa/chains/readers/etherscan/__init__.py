"""Reads what an investigator downloads from Etherscan and its sisters for one address."""
