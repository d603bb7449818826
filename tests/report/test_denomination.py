"""How assets are written: a token cannot pass for the chain's own asset."""

from tests.report.made_content import ETHER, TOKEN, busy_story, content_of

from qiyafa.model.asset import AssetUnit
from qiyafa.report.denomination import denominations


def _symbols(native: str, token: str) -> dict[str, str]:
    content = content_of(busy_story(), assets={ETHER: AssetUnit(native, 18), TOKEN: AssetUnit(token, 6)})
    return {asset: unit.symbol for asset, unit in denominations(content).items()}


def test_a_token_that_calls_itself_ether_gets_a_number() -> None:
    assert _symbols("ETH", "eth") == {ETHER: "ETH", TOKEN: "eth (2)"}


def test_two_tokens_of_one_name_are_both_numbered() -> None:
    content = content_of(busy_story(), assets={})
    assert {unit.symbol for unit in denominations(content).values()} == {"base units", "base units (2)"}


def test_a_symbol_shows_what_it_hides_and_is_cut() -> None:
    assert _symbols("ETH", "US\u202eDT")[TOKEN] == "US\\u{202e}DT"
    assert _symbols("ETH", "x" * 50)[TOKEN] == "x" * 12 + "…"


def test_the_busiest_asset_comes_first() -> None:
    assert list(_symbols("ETH", "USDT")) == [ETHER, TOKEN]


def test_units_are_written_with_the_exact_number_behind_them() -> None:
    unit = denominations(content_of(busy_story()))[ETHER]
    assert unit.plain(10**18) == "1.0000 ETH"
    assert 'title="exactly 1,000,000,000,000,000,000 base units"' in unit.marked(10**18)
    assert ">1000000000000000000<" in unit.both(10**18)
