"""How often do heuristics err, on published ground truth."""
