"""The HTTP face: validates, calls a use case, answers. Nothing is computed here."""
