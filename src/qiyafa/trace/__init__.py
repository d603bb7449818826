"""Where did it go? Thefts, stops and transfers in; holdings, flows and what was left untraced out.

`methods/` holds the readable reference, one file a method; `engine/` the fast twin that must equal it.
"""
