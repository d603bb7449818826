"""Addresses controlled together: union-find over named rules, each merge with its transaction and its rule."""
