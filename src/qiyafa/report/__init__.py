"""Reports of a trace, for people: one self-contained HTML file. Pure: records in, text out."""
