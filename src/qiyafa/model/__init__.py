"""The words of the field: frozen records, table columns, ports and errors. No I/O, no clock, no randomness."""
