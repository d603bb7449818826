"""What is exchanged with others: one file for each format, in and out."""
