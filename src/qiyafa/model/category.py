"""What kind of party stands behind an address: sixteen categories, one for each lane of the exposure engine.

Risk and routing are different questions. Risk: should whoever meets this address look twice? Routing: does a
trace stop there, because a service mixes its customers' money? A category answers both; a label carries each answer in
a field of its own, so that adding a risk label never changes where a trace goes.
"""

from enum import StrEnum


class Category(StrEnum):
    """The categories, gravest first: where an address has several, exposure counts it under the first."""

    SANCTIONED = "sanctioned"
    TERRORISM = "terrorism_financing"
    ABUSE = "abuse_material"
    STOLEN = "stolen_funds"
    RANSOMWARE = "ransomware"
    DARKNET = "darknet_market"
    FRAUD = "fraud"
    FROZEN = "frozen_by_issuer"
    MIXER = "mixer"
    COINJOIN = "coinjoin"
    HIGH_RISK_SERVICE = "high_risk_service"
    GAMBLING = "gambling"
    EXCHANGE = "exchange"
    BRIDGE = "bridge"
    SERVICE = "service"
    """Payment processors, hosted wallets, decentralised exchanges, miners and others who serve many."""
    OTHER = "other"
    """Named, and none of the above: a foundation, a person in a charging document, a contract."""


RISKS = frozenset(
    {
        Category.SANCTIONED,
        Category.TERRORISM,
        Category.ABUSE,
        Category.STOLEN,
        Category.RANSOMWARE,
        Category.DARKNET,
        Category.FRAUD,
        Category.FROZEN,
        Category.MIXER,
        Category.COINJOIN,
        Category.HIGH_RISK_SERVICE,
        Category.GAMBLING,
    }
)
"""What a label of such a category says of risk."""

ROUTES = frozenset(
    {
        Category.DARKNET,
        Category.MIXER,
        Category.HIGH_RISK_SERVICE,
        Category.GAMBLING,
        Category.EXCHANGE,
        Category.BRIDGE,
        Category.SERVICE,
    }
)
"""Services that mix their customers' money: a trace stops at an address that a label routes so."""
