"""What GraphSense's concepts, categories and abuses mean here: one table, in both directions.

GraphSense's taxonomy (`concepts.yaml` 0.1.0, derived from INTERPOL's Darknet and Cryptocurrencies taxonomy) says of a
tag what kind of service or abuse it names; here it is one `Category`. A tag may name several concepts: the gravest
counts. A concept that is true of anybody (`user`, `organization`, `cold_wallet`) says nothing of its own; then the
concepts of the tag's actor are asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from qiyafa.model.category import Category

CONCEPTS: Final[dict[str, Category | None]] = {
    "sanction": Category.SANCTIONED,
    "gov_black_list": Category.SANCTIONED,
    "terrorism": Category.TERRORISM,
    "terrorism_financing": Category.TERRORISM,
    "extremism": Category.HIGH_RISK_SERVICE,
    "sexual_abuse": Category.ABUSE,
    "child_sexual_abuse": Category.ABUSE,
    "human_trafficking": Category.ABUSE,
    "service_hack": Category.STOLEN,
    "account_hack": Category.STOLEN,
    "hacking": Category.STOLEN,
    "exploit": Category.STOLEN,
    "data_breach": Category.STOLEN,
    "malware": Category.STOLEN,
    "perpetrator": Category.STOLEN,
    "ransomware": Category.RANSOMWARE,
    "extortion": Category.RANSOMWARE,
    "sextortion": Category.FRAUD,
    "drugs": Category.DARKNET,
    "weapons": Category.DARKNET,
    "murder": Category.DARKNET,
    "violence": Category.DARKNET,
    "torture": Category.DARKNET,
    "counterfeit": Category.DARKNET,
    "payment_card_fraud": Category.DARKNET,
    "scam": Category.FRAUD,
    "phishing": Category.FRAUD,
    "social_engineering": Category.FRAUD,
    "investment_fraud": Category.FRAUD,
    "ponzi_scheme": Category.FRAUD,
    "pyramid_scheme": Category.FRAUD,
    "financial_crime": Category.FRAUD,
    "abuse": Category.FRAUD,
    "money_laundering": Category.HIGH_RISK_SERVICE,
    "black_list": Category.FROZEN,
    "mixing_service": Category.MIXER,
    "mixing": Category.COINJOIN,
    "coinjoin": Category.COINJOIN,
    "gambling": Category.GAMBLING,
    "exchange": Category.EXCHANGE,
    "defi_bridge": Category.BRIDGE,
    "defi": Category.SERVICE,
    "defi_dex": Category.SERVICE,
    "defi_dex_pair": Category.SERVICE,
    "defi_lending": Category.SERVICE,
    "defi_derivative": Category.SERVICE,
    "defi_derivatives": Category.SERVICE,
    "defi_staking": Category.SERVICE,
    "defi_custody": Category.SERVICE,
    "market": Category.SERVICE,
    "service": Category.SERVICE,
    "wallet_service": Category.SERVICE,
    "payment_processor": Category.SERVICE,
    "miner": Category.SERVICE,
    "mining_service": Category.SERVICE,
    "atm": Category.SERVICE,
    "shop": Category.SERVICE,
    "faucet": Category.SERVICE,
    "escrow_wallet": Category.SERVICE,
    "hosting": Category.SERVICE,
    "vpn": Category.SERVICE,
    "filesharing": Category.SERVICE,
    "messaging_service": Category.SERVICE,
    "search_engine": Category.SERVICE,
    "index": Category.OTHER,
    "nameservice": Category.OTHER,
    "ico_wallet": Category.OTHER,
    "defi_token": Category.OTHER,
    "defi_dao": Category.OTHER,
    "item": Category.OTHER,
    "collectible": Category.OTHER,
    "donation": Category.OTHER,
    "victim": Category.OTHER,
    "white_list": Category.OTHER,
    "gov_white_list": Category.OTHER,
    "deployer": Category.OTHER,
    "funder": Category.OTHER,
    "concept": None,
    "unknown": None,
    "behaviour": None,
    "entity": None,
    "source": None,
    "mention": None,
    "website_mention": None,
    "forum_mention": None,
    "dark_web": None,
    "gray_usage": None,
    "organization": None,
    "user": None,
    "white_usage": None,
    "cold_wallet": None,
    "hot_wallet": None,
    "warm_wallet": None,
    "deposit_wallet": None,
}
"""By concept; None for what says nothing of risk or routing by itself. A market may be honest (`DARKNET_MARKETS`)."""

DARKNET_MARKETS: Final = frozenset(
    {
        "abraxasmarket",
        "agoramarket",
        "alphabaymarket",
        "babylonmarket",
        "blackbankmarket",
        "blueskymarketplace",
        "cannabisroadmarket",
        "evolutionmarket",
        "germanplazamarket",
        "greenroadmarket",
        "hydramarket",
        "middleearthmarketplace",
        "nucleusmarket",
        "omgomgmarket",
        "sheepmarketplace",
        "silkroad2market",
        "silkroadmarketplace",
        "wallstreetmarket",
    }
)
"""Actors (GraphSense ids) that were markets on Tor, as the archives of darknet markets list them (gwern.net,
`DNM archives`) or their seizure was announced. GraphSense calls them, like an honest marketplace, a `market`.
"""

_ROUTING: Final = (Category.MIXER, Category.BRIDGE, Category.EXCHANGE, Category.GAMBLING, Category.SERVICE)
"""What a concept of a service says of routing, most telling first; a crime is no service that others pass through."""

_WRITTEN_AS: Final[dict[Category, str]] = {
    Category.SANCTIONED: "sanction",
    Category.TERRORISM: "terrorism_financing",
    Category.ABUSE: "child_sexual_abuse",
    Category.STOLEN: "service_hack",
    Category.RANSOMWARE: "ransomware",
    Category.DARKNET: "market",
    Category.FRAUD: "scam",
    Category.FROZEN: "black_list",
    Category.MIXER: "mixing_service",
    Category.COINJOIN: "coinjoin",
    Category.HIGH_RISK_SERVICE: "service",
    Category.GAMBLING: "gambling",
    Category.EXCHANGE: "exchange",
    Category.BRIDGE: "defi_bridge",
    Category.SERVICE: "service",
    Category.OTHER: "entity",
}

_GRAVITY: Final = {category: place for place, category in enumerate(Category)}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some concepts say."""

    category: Category | None
    """The gravest; None if they say nothing."""
    routing: Category | None
    """The service that mixes its customers' money; None if they name none. A sanctioned exchange is still one."""
    unknown: tuple[str, ...]
    """Those that are in no table."""


def meaning(concepts: Iterable[str], actor: str = "") -> Meaning:
    """Return what the concepts of a tag (or of an actor, by its id) mean together."""
    named = tuple(dict.fromkeys(concepts))
    found = {category for one in named if (category := CONCEPTS.get(one)) is not None}
    routing: Category | None = next((category for category in _ROUTING if category in found), None)
    if "market" in named and ("dark_web" in named or actor in DARKNET_MARKETS):
        found.add(Category.DARKNET)
        routing = Category.DARKNET
    gravest = min(found, key=_GRAVITY.__getitem__, default=None)
    return Meaning(gravest, routing, tuple(one for one in named if one not in CONCEPTS))


def concept_of(category: Category) -> str:
    """Return the concept under which a category is given to others."""
    return _WRITTEN_AS[category]
