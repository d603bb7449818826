"""Names of countries in the three languages, for where a company sits. Only where thefts are usually reported from."""

from typing import Final

from qiyafa.record.reading.lexicon import Role, Table

COUNTRIES: Final[Table] = {
    Role.COUNTRY: {
        "AE": "united arab emirates / uae / الإمارات / إمارات / 아랍에미리트",
        "BD": "bangladesh / بنغلاديش / 방글라데시",
        "CN": "china / chinese / صين / صينية / الصين / 중국",
        "EE": "estonia / إستونيا / 에스토니아",
        "GB": "united kingdom / britain / بريطانيا / 영국",
        "HK": "hong kong / هونغ كونغ / هونج كونج / 홍콩",
        "ID": "indonesia / إندونيسيا / 인도네시아",
        "IN": "india / الهند / هند / 인도",
        "JP": "japan / يابان / اليابان / 일본",
        "KR": "south korea / كوريا الجنوبية / 한국",
        "MT": "malta / مالطا / 몰타",
        "MY": "malaysia / ماليزيا / 말레이시아",
        "PH": "philippines / فلبين / 필리핀",
        "RU": "russia / روسيا / 러시아",
        "SC": "seychelles / سيشل / سيشيل / 세이셸",
        "SG": "singapore / سنغافورة / 싱가포르",
        "SI": "slovenia / سلوفينيا / 슬로베니아",
        "TR": "turkey / türkiye / تركيا / 튀르키예 / 터키",
        "TW": "taiwan / تايوان / 대만",
        "US": "united states / الولايات المتحدة / 미국",
        "VN": "vietnam / فيتنام / 베트남",
    },
}
"""ISO 3166-1 alpha-2."""
