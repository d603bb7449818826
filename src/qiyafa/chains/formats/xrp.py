"""The XRP Ledger: Base58Check in an alphabet of its own, and the spellings that add a destination tag.

X-addresses (XLS-5d) hold an account and a tag; `r…:tag` and `r…?dt=tag` are how people write the two. The tag tells the
customers of one account apart; lists name the account, so the account is the identity.
Sources: xrpl.org, "Addresses"; XLS-5d.
"""

import re
from typing import Final

from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats.base58_text import payload_of
from qiyafa.chains.formats.spelling import Spelled
from qiyafa.model.address import Identity

FORMAT: Final = "xrp"

_OTHERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_OWN = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_FROM_OWN, _TO_OWN = str.maketrans(_OWN, _OTHERS), str.maketrans(_OTHERS, _OWN)
_ALIEN = re.compile(r"[^1-9A-HJ-NP-Za-km-z]", re.ASCII)

_VERSION = b"\0"
_X_VERSION = bytes.fromhex("0544")
_ACCOUNT_BYTES, _FLAG_AND_TAG_BYTES = 20, 9
_NO_TAG = bytes(_FLAG_AND_TAG_BYTES)
_LONGEST = 60
_TAGGED = re.compile(r"(r[0-9A-Za-z]{24,34})(?::|\?dt=|\?tag=)(\d{1,10})", re.ASCII)
_LARGEST_TAG = 2**32 - 1


class XrpSpelling:
    """Classic addresses, X-addresses of the main network, and classic addresses with a tag behind them."""

    starts = "rX"

    def read(self, text: str) -> Spelled | None:
        """Return the account."""
        if len(text) > _LONGEST:
            return None
        tagged = _TAGGED.fullmatch(text)
        if tagged:
            text = tagged[1] if int(tagged[2]) <= _LARGEST_TAG else ""
        payload = _payload(text)
        if payload is None:
            return None
        if payload[:1] == _VERSION and len(payload) == 1 + _ACCOUNT_BYTES:
            return Spelled(Identity(FORMAT, text))
        if payload[:2] != _X_VERSION or len(payload) != 2 + _ACCOUNT_BYTES + _FLAG_AND_TAG_BYTES:
            return None
        account, flag, tag = payload[2:22], payload[22], payload[23:]
        if flag > 1 or any(tag[4:]) or (flag == 0 and any(tag)):
            return None
        return Spelled(Identity(FORMAT, _text(_VERSION + account)))

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the classic address and the X-address without a tag."""
        payload = _payload(identity.key) if identity.format == FORMAT else None
        if payload is None or len(payload) != 1 + _ACCOUNT_BYTES:
            return ()
        return identity.key, _text(_X_VERSION + payload[1:] + _NO_TAG)


XRP = XrpSpelling()


def _payload(text: str) -> bytes | None:
    return None if _ALIEN.search(text) else payload_of(text.translate(_FROM_OWN))


def _text(payload: bytes) -> str:
    return base58check_text(payload).translate(_TO_OWN)
