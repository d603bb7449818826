"""Readers: from a user's files to raw transfers, one package for each family of formats."""
