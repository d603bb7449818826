"""Official lists: what each publication says, as designations. One file for each format, listed in `LISTS`."""

from typing import Final

from qiyafa.lists import eu, freezes, ofac_addresses, ofac_sdn, rok, uk, uk_ofsi, un
from qiyafa.lists.source import ListSource

LISTS: Final[dict[str, ListSource]] = {
    "ofac-sdn": ofac_sdn.SOURCE,
    "ofac-addresses": ofac_addresses.SOURCE,
    "un": un.SOURCE,
    "eu": eu.SOURCE,
    "uk": uk.SOURCE,
    "uk-ofsi": uk_ofsi.SOURCE,
    "rok": rok.SOURCE,
    "usdt-freezes": freezes.USDT,
    "usdc-freezes": freezes.USDC,
}
"""Every list that can be imported, by its id, in the order in which they are shown."""
