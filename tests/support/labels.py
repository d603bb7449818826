"""Labels for tests: real addresses of several chains, and any hostile words around them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.label import CONFIDENCES, Label, Tlp, label_id

ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
HUOBI = "1vdXJDiDSzeUAoM7eAcWZPhM9wEKmH8dG"
ADDRESSES = (
    (ROUTER, "ETH"),
    ("0x098b716b8aaf21512996dc57eb0615e2383e2f96", "ETH"),
    (HUOBI, "BTC"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BTC"),
    ("TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY", "TRX"),
    ("5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320", ""),
)
"""As written, and under which ticker; the last is an address of no known form."""
AT = datetime(2024, 1, 1, tzinfo=UTC)


def made_label(
    address: str = ROUTER,
    ticker: str = "ETH",
    name: str = "a mixer",
    category: Category = Category.MIXER,
    *,
    confidence: str = "authority_data",
    source: str = "somebody",
    **fields: object,
) -> Label:
    """Return a label of an address; `fields` are any others of a label."""
    reading = FORMATS.read(address, ticker or None)
    chain = reading.chains[0] if ticker else None
    given = {"entity": "", "risk": None, "routing": None, "grade": "A2", "source_url": "", "origin": source, **fields}
    return Label(
        id=label_id(
            reading.identities[0],
            chain,
            source,
            str(given["source_url"]),
            (name, str(given.get("incident", "")), str(given.get("role", ""))),
        ),
        identity=reading.identities[0],
        written=address,
        chain=chain,
        name=name,
        category=category,
        confidence=confidence,
        source=source,
        **given,  # type: ignore[arg-type]
    )


_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.text(_CHARACTERS, max_size=20)
"""Anything but what no file can hold: bidirectional marks, line ends, quotes, formulae."""
NAMES = TEXTS.map(lambda text: f"name {text}.")
_MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it


def labels() -> st.SearchStrategy[Label]:
    """Return labels in which every field may hold anything that it can."""
    categories = st.sampled_from(Category)
    return st.builds(
        lambda place, fields: made_label(*place, **fields),
        st.sampled_from(ADDRESSES),
        st.fixed_dictionaries(
            {
                "name": NAMES,
                "category": categories,
                "confidence": st.sampled_from(sorted(CONFIDENCES)),
                "source": NAMES,
                "entity": TEXTS.filter(_is_seen),
                "risk": st.none() | categories,
                "routing": st.none() | categories,
                "grade": st.sampled_from(["A1", "B3", "F6"]),
                "source_url": TEXTS.filter(_is_seen),
                "origin": NAMES,
                "tlp": st.sampled_from(Tlp),
                "licence": TEXTS.filter(_is_seen),
                "role": TEXTS.filter(_is_seen),
                "incident": TEXTS.filter(_is_seen),
                "is_cluster_definer": st.booleans(),
                "valid_from": st.none() | _MOMENTS,
                "valid_to": st.none() | _MOMENTS,
                "details": st.dictionaries(NAMES, NAMES, max_size=2),
            }
        ).filter(_holds_some_day),
    )


def _holds_some_day(fields: dict[str, object]) -> bool:
    """Leave out labels that end before they begin: they are refused, which has a test of its own."""
    since, until = fields["valid_from"], fields["valid_to"]
    return not (isinstance(since, datetime) and isinstance(until, datetime)) or since < until


def _is_seen(text: str) -> bool:
    """Leave out texts that hold nothing visible: they are refused, which has tests of its own."""
    return not text or any("!" <= character <= "~" for character in text)
