"""Documents as text: HTML, PDF and plain text become lines that `record/` can read."""
