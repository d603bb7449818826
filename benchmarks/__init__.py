"""Measurements. Each script answers one question and prints JSON; results are kept with commit, machine and data
hash.
"""
