"""STIX 2.1, out and in: entries of the record, labels and traced transfers as objects that others understand.

`docs/sharing.md` is the mapping. Whatever STIX has no word for stands in a property extension of ours, exactly, so that
what is read back is what was written. Standard properties beside it say the same for those who do not know us.
"""
