"""Currencies that several countries call by one name: `دينار` is that of the country that a text names."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from qiyafa.record.reading.fold import fold_word, folded_words

_COUNTRIES: Final = {
    fold_word(name): country
    for country, names in {
        "JO": "الأردن الأردني الأردنية عمّان",
        "KW": "الكويت الكويتي الكويتية",
        "IQ": "العراق العراقي العراقية بغداد",
        "BH": "البحرين البحريني البحرينية المنامة",
        "DZ": "الجزائر الجزائري الجزائرية",
        "TN": "تونس التونسي التونسية",
        "LY": "ليبيا الليبي الليبية طرابلس",
        "LB": "لبنان اللبناني اللبنانية بيروت",
        "SY": "سوريا السوري السورية دمشق",
        "TR": "تركيا التركي التركية إسطنبول أنقرة",
    }.items()
    for name in names.split()
}
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "dinar": {"JO": "JOD", "KW": "KWD", "IQ": "IQD", "BH": "BHD", "DZ": "DZD", "TN": "TND", "LY": "LYD"},
    "lira": {"LB": "LBP", "SY": "SYP", "TR": "TRY"},
}
_NAMES: Final = folded_words("دينار دنانير ليرة ليرات")
SHARED_NAMES: Final = frozenset(_CODES)
_NAME: Final = re.compile("(?<![ء-ي])[وفبلك]?(" + "|".join(sorted(_COUNTRIES, key=len, reverse=True)) + ")(?![ء-ي])")


def local_money(folded: str) -> Mapping[str, str]:
    """Return which currency each shared name means in a folded text: that of the country named most often, if any."""
    if not any(name in folded for name in _NAMES):
        return {}
    named = Counter(_COUNTRIES[name] for name in _NAME.findall(folded))
    found = {}
    for name, codes in _CODES.items():
        here = [country for country, _ in named.most_common() if country in codes]
        if here:
            found[name] = codes[here[0]]
    return found
