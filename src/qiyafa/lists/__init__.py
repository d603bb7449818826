"""Official lists: what each publication says, as designations. One file for each format, listed in `LISTS`."""
