"""The spellings of Bitcoin, its forks and its cousins.

Bitcoin, Bitcoin Cash, Bitcoin SV and eCash share their hashes and version bytes, so they share identities. Litecoin's
scripts were once written like Bitcoin's (3…) and are written M… today; Verge writes the hashes of public keys as
Dogecoin does. So one text may be the address of several chains.
Version bytes: each chain's `chainparams.cpp`.
"""

from typing import Final

from qiyafa.chains.formats.base58_text import Base58Check
from qiyafa.chains.formats.cashaddr import Cashaddr
from qiyafa.chains.formats.segwit import Segwit
from qiyafa.chains.formats.zcash import KEY_HASH, SCRIPT_HASH, SHIELDED, TRANSPARENT

KEY: Final = Base58Check("bitcoin", bytes([0]), "1")
SCRIPT: Final = Base58Check("bitcoin", bytes([5]), "3")
CASH: Final = Cashaddr("bitcoincash", (KEY, SCRIPT))
SIMPLE_LEDGER: Final = Cashaddr("simpleledger", (KEY, SCRIPT))
"""How wallets for tokens on Bitcoin Cash (SLP) write its addresses."""
ECASH: Final = Cashaddr("ecash", (KEY, SCRIPT))
BITCOIN_SEGWIT: Final = Segwit("bc")

LITECOIN_KEY: Final = Base58Check("litecoin", bytes([48]), "L")
LITECOIN_SCRIPT: Final = Base58Check("litecoin", bytes([50]), "M")
LITECOIN_OLD_SCRIPT: Final = Base58Check("litecoin", bytes([5]), "3", kept_version=bytes([50]))
LITECOIN_SEGWIT: Final = Segwit("ltc")

DOGECOIN_KEY: Final = Base58Check("dogecoin", bytes([30]), "D")
DOGECOIN_SCRIPT: Final = Base58Check("dogecoin", bytes([22]), "9A")
VERGE_SCRIPT: Final = Base58Check("verge", bytes([33]), "E")

DASH_KEY: Final = Base58Check("dash", bytes([76]), "X")
DASH_SCRIPT: Final = Base58Check("dash", bytes([16]), "7")

GOLD_KEY: Final = Base58Check("bitcoin-gold", bytes([38]), "G")
GOLD_SCRIPT: Final = Base58Check("bitcoin-gold", bytes([23]), "A")
GOLD_SEGWIT: Final = Segwit("btg")

ZCASH_KEY: Final = Base58Check(TRANSPARENT, KEY_HASH, "t")
ZCASH_SCRIPT: Final = Base58Check(TRANSPARENT, SCRIPT_HASH, "t")
ZCASH_SPROUT: Final = Base58Check(SHIELDED, bytes.fromhex("169a"), "z", payload_bytes=64)

TEST_KEY: Final = Base58Check("bitcoin-test", bytes([111]), "mn")
TEST_SCRIPT: Final = Base58Check("bitcoin-test", bytes([196]), "2")
TEST_CASH: Final = Cashaddr("bchtest", (TEST_KEY, TEST_SCRIPT))
TEST_SEGWIT: Final = Segwit("tb")
REGTEST_SEGWIT: Final = Segwit("bcrt")
LITECOIN_TEST_SCRIPT: Final = Base58Check("litecoin-test", bytes([58]), "Q")
LITECOIN_OLD_TEST_SCRIPT: Final = Base58Check("litecoin-test", bytes([196]), "2", kept_version=bytes([58]))
LITECOIN_TEST_SEGWIT: Final = Segwit("tltc")
LITECOIN_REGTEST_SEGWIT: Final = Segwit("rltc")
DOGECOIN_TEST_KEY: Final = Base58Check("dogecoin-test", bytes([113]), "n")
ZCASH_TEST_KEY: Final = Base58Check("zcash-test", bytes.fromhex("1d25"), "t")
ZCASH_TEST_SCRIPT: Final = Base58Check("zcash-test", bytes.fromhex("1cba"), "t")
