"""What an address is on any chain, in any spelling: `FORMATS` reads a text, one file for each family of formats.

A new format is one file of spellings; a new chain is one line in `networks.NETWORKS`.
"""

from qiyafa.chains.formats.networks import NETWORKS, TOKEN_CHAINS
from qiyafa.chains.formats.reader import FormatReader

FORMATS = FormatReader(NETWORKS, TOKEN_CHAINS)
"""The `model.ports.AddressReader` over every chain that Qiyafa can name."""
