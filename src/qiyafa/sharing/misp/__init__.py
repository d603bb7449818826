"""MISP events, out and in: incidents with their claims, sources, actors, addresses and transactions.

`docs/sharing.md` is the mapping. What MISP has a template for stands in objects of that template, so that its own
correlation works; what is exact stands in a JSON attachment beside the words, so that what is read back is what was
written. Format: MISP core format (draft-dulaunoy-misp-core-format), object templates of misp-objects.
"""
