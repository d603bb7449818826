"""Reads the tables of ethereum-etl, and of the public data sets that copy its columns."""
