"""How fast is an address screened: exposure, packs, the service? One run, side by side with what a user would take.

    python benchmarks/speed/screen.py exposure --json

Each measurement has a name; without names all of them run. They need `pip install '.[bench,dev]'`. What each
measures, and what it does not, stands in its own module.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.speed.measurements import run

MEASUREMENTS = {
    # First: a process begins with the peak of the one that starts it.
    "labels": "benchmarks.speed.screen_labels:labels_rows",
    "exposure": "benchmarks.speed.screen_exposure:exposure_rows",
}
"""What can be measured, by name: the module and the function that gives its rows."""

if __name__ == "__main__":
    run(__doc__, MEASUREMENTS)
