"""The sections of a report, one file each; every one takes the same `View`."""
