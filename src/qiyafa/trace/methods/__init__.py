"""The tracing methods, in the order in which answers show them. A new one is a file here and a line below."""

from qiyafa.trace.methods.clean_first import CleanFirst
from qiyafa.trace.methods.fifo import Fifo
from qiyafa.trace.methods.lifo import Lifo
from qiyafa.trace.methods.poison import Poison
from qiyafa.trace.methods.prorata import ProRata
from qiyafa.trace.methods.stolen_first import StolenFirst
from qiyafa.trace.methods.tiho import Tiho

Method = type[Fifo] | type[Lifo] | type[ProRata] | type[CleanFirst] | type[StolenFirst] | type[Tiho] | type[Poison]

METHODS: dict[str, Method] = {
    "fifo": Fifo,
    "lifo": Lifo,
    "prorata": ProRata,
    "clean_first": CleanFirst,
    "stolen_first": StolenFirst,
    "tiho": Tiho,
    "poison": Poison,
}
"""`conserves`: amounts add up. `traced_alone`: each theft against all the rest. `models`: where it can be used.
`largest_first`: inputs and outputs are taken by value, not by index.
"""
