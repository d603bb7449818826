"""The gate for labels that leave by themselves: it also knows what of the record stays."""

from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted, collect
from qiyafa.sharing.release import Channel, LabelGate, release, telling_ids


def label_gate(home: Home, channel: Channel) -> LabelGate:
    """Return the gate of a channel. A label whose words name an entry that stays, stays too."""
    kept = release(collect(record_book(home), home, Wanted()), channel).kept
    return LabelGate(channel, unsaid=telling_ids(one.id for one in kept))
