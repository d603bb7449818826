"""A pack says of every address what a screening says at the same moment, from the same stores."""

import random
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.lists import ImportRequest, import_list, read_files
from qiyafa.app.pack import ScreeningPack, open_pack
from qiyafa.app.pack_build import PackRequest, build_pack
from qiyafa.app.pack_check import check_pack, pack_info, trusted_key
from qiyafa.app.pack_json import pack_info_object, pack_verdict_object
from qiyafa.app.screen import Screener
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.model.exposure import Direction
from qiyafa.model.label import Label
from qiyafa.model.verdict import Outcome, ScreenRequest
from qiyafa.stores.labels import LabelStore

from support.look_alikes import look_alikes
from support.screening import address, label, made_ledger

NOW = datetime(2022, 10, 1, 12, tzinfo=UTC)
ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
THIEF, MULE, SHOP, STRANGER, DESK = map(address, range(0xB1, 0xB6))
FINNEY = 10**15


def clock() -> datetime:
    return NOW


def said_of(written: str, category: Category, number: int) -> Label:
    identity = FORMATS.read(written, "eip155:1").identities[0]
    return replace(label(category), id=f"{number:032x}", identity=identity, written=written)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Lists come from the built-in history alone: it knows Tornado Cash, and no list answers for the rest."""
    made = Home(tmp_path / "home").made()
    labels = [said_of(THIEF, Category.STOLEN, 1), said_of(DESK, Category.EXCHANGE, 2)]
    LabelStore.open(made.labels).add(labels, NOW)
    return made


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    payments = [(THIEF, MULE, 100 * FINNEY), (STRANGER, SHOP, 100 * FINNEY), (MULE, SHOP, 100 * FINNEY)]
    return made_ledger(tmp_path / "ledger", payments, first_time=1_660_000_000)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Rules that require no list, so that an absence is an answer."""
    path = tmp_path / "rules.toml"
    default = Path(__file__).parents[2] / "src" / "qiyafa" / "screen" / "default_rules.toml"
    path.write_text(default.read_text("utf-8").replace('required = ["ofac"]', "required = []"), "utf-8")
    return path


def built(home: Home, out: Path, **asked: object) -> ScreeningPack:
    build_pack(PackRequest(out, home, **asked), now=clock)
    return open_pack(out, trusted_key(home, None), now=clock)


def screened(home: Home, requests: list[ScreenRequest], **asked: object) -> list[Outcome]:
    screener = Screener.open(home, ledger=asked.get("ledger"), rules=asked.get("rules"), now=clock)
    return [verdict.outcome for verdict in screener.screen(requests, as_of=asked.get("as_of"))]


def test_a_listed_address_is_a_hit_and_says_why(home: Home, tmp_path: Path) -> None:
    with built(home, tmp_path / "a.qpack") as pack:
        verdict = pack.screen(ROUTER)
        assert verdict.outcome is Outcome.HIT
        assert verdict.records[0].categories == {Category.SANCTIONED}
        shown = pack_verdict_object(verdict)
        assert "listed since 2022-08-08" in str(shown)
        assert verdict.records[0].evidence[0].references[0].startswith("ofac-history/")


def test_where_no_list_answers_an_absence_is_unavailable(home: Home, tmp_path: Path) -> None:
    with built(home, tmp_path / "a.qpack") as pack:
        assert pack.screen(STRANGER).outcome is Outcome.UNAVAILABLE
        assert pack.screen(STRANGER).sentences != []
        assert pack.screen(THIEF).outcome is Outcome.REVIEW
        assert pack.screen("no address").outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize("as_of", [datetime(2022, 7, 1, tzinfo=UTC), None])
@pytest.mark.parametrize("chain", [None, "eip155:1", "polygon", "bitcoin", "no such chain"])
def test_the_pack_agrees_with_the_screening(
    home: Home, tmp_path: Path, ledger: Path, rules: Path, as_of: datetime | None, chain: str | None
) -> None:
    texts = [
        ROUTER,
        ROUTER.lower(),
        f" {ROUTER}\n",
        THIEF,
        MULE,
        SHOP,
        STRANGER,
        DESK,
        address(0xFFF),
        "",
        "no address",
    ]
    requests = [ScreenRequest(one, chain) for one in texts]
    for number, asked in enumerate([{}, {"rules": rules}, {"rules": rules, "ledger": ledger}, {"ledger": ledger}]):
        with built(home, tmp_path / f"{number}.qpack", as_of=as_of, **asked) as pack:
            said = [pack.screen(one, chain).outcome for one in texts]
        assert said == screened(home, requests, as_of=as_of, **asked)


def test_exposure_comes_with_categories_shares_and_hops(home: Home, tmp_path: Path, ledger: Path, rules: Path) -> None:
    with built(home, tmp_path / "a.qpack", ledger=ledger, rules=rules) as pack:
        (record,) = pack.screen(SHOP).records
        (exposure,) = record.exposures
        assert (record.outcome, record.chain) == (Outcome.REVIEW, "eip155:1")
        assert (exposure.direction, exposure.category, exposure.hops) == (Direction.IN, Category.STOLEN, 2)
        assert (exposure.is_direct, exposure.is_indirect) == (False, True)
        assert 0.5 <= exposure.share < 0.55
        assert pack.screen(SHOP, "polygon").outcome is Outcome.NO_HIT
        assert "eip155:1" in " ".join(pack.screen(STRANGER).sentences)


def test_batches_answer_as_single_questions_do(home: Home, tmp_path: Path) -> None:
    from qiyafa.stores.pack_evidence import OUTCOMES

    with built(home, tmp_path / "a.qpack") as pack:
        texts = [ROUTER, THIEF, DESK, STRANGER]
        keys = pack.keys([FORMATS.read(one, "eip155:1").identities[0] for one in texts])
        assert [OUTCOMES[number] for number in pack.screen_many(keys)] == [
            pack.screen(one, "eip155:1").outcome for one in texts
        ]


def test_an_expired_pack_answers_nothing(home: Home, tmp_path: Path) -> None:
    with built(home, tmp_path / "a.qpack", valid_days=3) as pack:
        keys = pack.keys(FORMATS.read(ROUTER, "eip155:1").identities)
        for when, answers in (
            (timedelta(days=3, seconds=-1), True),
            (timedelta(days=3), False),
            (timedelta(hours=-23), True),
            (timedelta(hours=-25), False),
        ):
            pack._now = lambda when=when: NOW + when
            assert (pack.screen(ROUTER).outcome is Outcome.HIT) is answers
            assert (pack.screen_many(keys).tolist() == [3]) is answers
            assert pack.screen(ROUTER).sentences != [] or answers


def test_a_pack_expires_with_the_lists_it_rests_on(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "sanctioned_addresses_ETH.txt").write_text(f"{ROUTER}\n")
    request = ImportRequest(
        "ofac-addresses", read_files(folder), "x", published=date(2022, 9, 20), smaller_because="a test"
    )
    import_list(home, request, now=NOW)
    with built(home, tmp_path / "a.qpack", valid_days=30) as pack:
        assert pack.screen(STRANGER).outcome is Outcome.NO_HIT
        assert pack.contents.valid_until == datetime(2022, 10, 5, tzinfo=UTC)
    with built(home, tmp_path / "a.qpack", valid_days=30, as_of=NOW) as pack:
        assert pack.contents.valid_until == NOW + timedelta(days=30)


def test_the_same_stores_and_moment_give_the_same_bytes(home: Home, tmp_path: Path) -> None:
    built(home, tmp_path / "a.qpack").close()
    built(home, tmp_path / "b.qpack").close()
    assert (tmp_path / "a.qpack").read_bytes() == (tmp_path / "b.qpack").read_bytes()


def test_the_signing_key_is_made_once_and_for_its_owner_alone(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        trusted_key(home, None)
    built(home, tmp_path / "a.qpack").close()
    assert home.signing_key.stat().st_mode & 0o777 == 0o600
    before = home.signing_key.read_bytes()
    built(home, tmp_path / "b.qpack").close()
    assert home.signing_key.read_bytes() == before
    home.signing_key.chmod(0o644)
    with pytest.raises(Conflict):
        built(home, tmp_path / "c.qpack")


def test_a_file_that_is_no_key_signs_nothing(home: Home, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    with pytest.raises(NotFound):
        built(home, tmp_path / "a.qpack", key=key)
    key.write_text("-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n")
    key.chmod(0o600)
    with pytest.raises(Conflict):
        built(home, tmp_path / "a.qpack", key=key)
    assert not (tmp_path / "a.qpack").exists()


def test_rules_that_ask_for_each_history_make_no_pack(home: Home, tmp_path: Path, ledger: Path, rules: Path) -> None:
    rules.write_text(rules.read_text("utf-8").replace('ledger = ["diverged"]', 'ledger = ["capped"]'), "utf-8")
    with pytest.raises(InvalidInput) as raised:
        built(home, tmp_path / "a.qpack", ledger=ledger, rules=rules)
    assert raised.value.key == "pack.error.rules_need_history"


def test_a_damaged_pack_is_found_and_its_answers_are_unavailable(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.qpack"
    built(home, path).close()
    trusted = trusted_key(home, None)
    assert check_pack(path, trusted) == []
    info = pack_info(path, home)
    assert info.is_own
    assert pack_info_object(info)["signer"] == trusted
    with path.open("r+b") as file:
        file.seek(info.header.layout.body_at)
        file.write(bytes(info.header.layout.record_pages * 4096))
    assert [one.key for one in check_pack(path, trusted)][:1] == ["pack.error.damaged"]
    with open_pack(path, trusted, now=clock) as pack:
        assert pack.screen(ROUTER).outcome is Outcome.UNAVAILABLE
        assert pack.screen(STRANGER).outcome is Outcome.UNAVAILABLE
        assert "damaged" in pack.screen(ROUTER).sentences[0]
    path.write_bytes(path.read_bytes()[:5000])
    assert len(check_pack(path, trusted)) == 1


@pytest.mark.shared_data
def test_all_listed_addresses_in_every_spelling_and_no_look_alike(shared_data: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").made()
    files = read_files(shared_data / "sanctions")
    import_list(home, ImportRequest("ofac-addresses", files, "x", published=date(2024, 9, 27)), now=NOW.replace(2024))
    as_of = datetime(2024, 9, 27, 23, 59, 59, tzinfo=UTC)
    request = PackRequest(tmp_path / "a.qpack", home, as_of=as_of)
    build_pack(request, now=lambda: as_of)
    screener = Screener.open(home, ledger=None, rules=None, now=lambda: as_of)
    listed = [one for one in screener.books.lists.each() if one.list_id == "ofac-addresses"]
    written = sorted({one.written for one in listed})
    assert len(written) == 641
    others = [alike for _, alike in look_alikes(written, 2_000)]
    draw = random.Random(5)
    others += [f"0x{draw.getrandbits(160):040x}" for _ in range(2_000)]
    with open_pack(tmp_path / "a.qpack", trusted_key(home, None), now=lambda: as_of) as pack:
        for one in listed:
            for identity in one.identities:
                for spelling in FORMATS.spellings(identity):
                    assert pack.screen(spelling).outcome is Outcome.HIT, spelling
        said = [pack.screen(one).outcome for one in (*written, *others)]
    requests = [ScreenRequest(one) for one in (*written, *others)]
    assert said == [verdict.outcome for verdict in screener.screen(requests, as_of=as_of)]
    assert Outcome.HIT not in said[len(written) :]


def test_a_pack_is_replaced_under_an_open_reader(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.qpack"
    with built(home, path) as old:
        first = path.stat().st_ino
        built(home, path, valid_days=1).close()
        assert path.stat().st_ino != first
        assert old.screen(ROUTER).outcome is Outcome.HIT
        shutil.rmtree(home.path)
        assert old.screen(THIEF).outcome is Outcome.REVIEW
