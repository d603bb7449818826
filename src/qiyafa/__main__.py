"""Run the command line with `python -m qiyafa`."""

from qiyafa.cli import main

main()
