"""Lists of a home: taken in, refused, compared, fetched; and the days of Tornado Cash."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.lists import Imported, ImportRequest, import_list, open_lists, read_files
from qiyafa.app.lists_diff import diff_list
from qiyafa.app.lists_info import lists_info
from qiyafa.app.lists_update import UpdateRequest, update_list
from qiyafa.chains.formats import FORMATS
from qiyafa.model.designation import Designation, Force
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Unavailable
from qiyafa.text import text

from support.http_server import Answer, Asked, serving

SAMPLE = (Path(__file__).parents[1] / "lists" / "samples" / "sdn_advanced_sample.xml").read_bytes()
ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
NOW = datetime(2024, 10, 1, 12, tzinfo=UTC)
LIST_DAY = date(2024, 9, 27)


def addresses(numbers: range, extra: tuple[str, ...] = ()) -> dict[str, bytes]:
    lines = [*(f"0x{number:040x}" for number in numbers), *extra]
    return {"sanctioned_addresses_ETH.txt": "\n".join(lines).encode()}


def take(
    home: Home, list_id: str, files: dict[str, bytes], published: date | None = None, because: str = ""
) -> Imported:
    return import_list(home, ImportRequest(list_id, files, "made", published, smaller_because=because), now=NOW)


def take_sample(home: Home, data: bytes = SAMPLE) -> Imported:
    return take(home, "ofac-sdn", {"SDN_ADVANCED.XML": data}, because="a sample")


def designations(home: Home, address: str) -> list[Designation]:
    return open_lists(home).of(FORMATS.read(address).identities)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_without_any_import_the_history_answers_and_nothing_covers_a_day(home):
    (one,) = designations(home, ROUTER)
    assert (one.list_id, one.listed_from, one.listed_to) == ("ofac-history", date(2022, 8, 8), date(2025, 3, 21))
    assert (open_lists(home).coverage(LIST_DAY), open_lists(home).version(), home.path.exists()) == ([], "", False)


@pytest.mark.parametrize(
    ("day", "force"),
    [
        (date(2022, 7, 1), Force.NOT_YET),
        (date(2022, 10, 1), Force.IN_FORCE),
        (date(2025, 3, 20), Force.IN_FORCE),
        (date(2025, 4, 1), Force.PAST),
    ],
)
def test_tornado_cash_on_a_day_from_a_list_without_days(home, day, force):
    take(home, "ofac-addresses", addresses(range(1, 600), (ROUTER,)), LIST_DAY)
    (one,) = designations(home, ROUTER.lower())
    assert (one.list_id, one.party, one.force(day)) == ("ofac-addresses", "TORNADO CASH", force)
    assert (one.listed_from, one.listed_to) == (date(2022, 8, 8), date(2025, 3, 21))
    assert "recent-actions/20220808" in one.reason


@pytest.mark.shared_data
def test_the_real_list_gives_the_three_answers_and_finds_all_641_addresses(home, shared_data):
    done = take(home, "ofac-addresses", read_files(shared_data / "sanctions"), LIST_DAY)
    assert (done.version.addresses, [one.key for one in done.problems]) == (641, ["lists.problem.unknown_format"])
    store = open_lists(home)
    found = [one for one in store.each() if one.list_id == "ofac-addresses"]
    assert len(found) == 654
    spellings = {one.written for one in found}
    spellings |= {text for one in found for identity in one.identities for text in FORMATS.spellings(identity)}
    assert len(spellings) > 2 * 641
    assert all(store.of(FORMATS.read(spelling).identities) for spelling in spellings)
    assert all(one.force(LIST_DAY) is Force.IN_FORCE for one in found)
    (router,) = designations(home, ROUTER)
    assert [router.force(day) for day in (date(2022, 7, 1), date(2022, 10, 1), date(2025, 4, 1))] == list(Force)


def test_the_sdn_says_since_when_a_party_and_the_history_since_when_an_address(home):
    take_sample(home)
    (ronin,) = designations(home, RONIN)
    assert (ronin.list_id, ronin.party, ronin.listed_from) == ("ofac-sdn", "LAZARUS GROUP", date(2022, 4, 14))
    assert "The list gives 2019-09-13, the day of the party." in ronin.reason
    assert open_lists(home).parties()[0].name == "LAZARUS GROUP"
    (router,) = designations(home, ROUTER)
    assert (router.listed_from, router.listed_to) == (date(2022, 8, 8), date(2025, 3, 21))


def test_an_address_that_the_sdn_declares_on_the_wrong_chain_is_found_by_its_format(home):
    take_sample(home)
    (one,) = designations(home, "TVjsyZ7fYF3qLF6BQgPmTEZy1xrNNyVAAA")
    assert (one.declared, one.listed_to) == ("XBT", date(2023, 6, 30))


def test_the_same_bytes_again_are_no_new_edition(home):
    assert take_sample(home).is_new
    before = open_lists(home).version()
    assert not take_sample(home).is_new
    assert open_lists(home).version() == before


def test_an_edition_may_be_dated_a_day_ahead_as_zones_and_clocks_go_and_no_more(home):
    tomorrow = NOW.date() + timedelta(days=1)
    assert take(home, "ofac-addresses", addresses(range(1, 600)), tomorrow).is_new
    with pytest.raises(InvalidInput) as refused:
        take(home, "ofac-addresses", addresses(range(1, 601)), tomorrow + timedelta(days=1))
    assert refused.value.key == "lists.error.future"


@pytest.mark.parametrize(
    ("list_id", "files", "published", "error", "key"),
    [
        ("nonsense", {}, None, InvalidInput, "lists.error.unknown"),
        ("ofac-addresses", addresses(range(1, 600)), None, InvalidInput, "lists.error.published_needed"),
        ("ofac-addresses", addresses(range(1, 300)), LIST_DAY, InvalidInput, "lists.error.few_addresses"),
        ("ofac-addresses", addresses(range(1, 600)), LIST_DAY, Conflict, "lists.error.smaller_addresses"),
        ("ofac-sdn", {"x.xml": SAMPLE}, None, InvalidInput, "lists.error.few_parties"),
        ("ofac-sdn", {"x.xml": SAMPLE}, NOW.date(), InvalidInput, "lists.error.published_differs"),
        ("ofac-sdn", {"x.xml": SAMPLE[:9000]}, None, InvalidInput, "lists.error.xml"),
        ("ofac-sdn", {"x.xml": b"<html>busy</html>"}, None, InvalidInput, "lists.error.html"),
    ],
)
def test_whatever_is_refused_the_lists_in_use_stay(home, list_id, files, published, error, key):
    take(home, "ofac-addresses", addresses(range(1, 1000)), LIST_DAY)
    before = open_lists(home).version()
    with pytest.raises(error) as refused:
        take(home, list_id, files, published)
    assert refused.value.key == key
    assert text(refused.value.key, **refused.value.fields)
    assert open_lists(home).version() == before


def test_a_smaller_edition_is_taken_with_a_reason_that_is_kept(home):
    take(home, "ofac-addresses", addresses(range(1, 1000)), LIST_DAY)
    take(home, "ofac-addresses", addresses(range(1, 600)), NOW.date(), "a programme ended")
    info = next(one for one in lists_info(home, now=NOW, verify=True).lists if one.source.id == "ofac-addresses")
    assert [one.override for one in info.editions] == ["", "a programme ended"]
    assert info.age_days == 0
    assert [one.listed_to for one in designations(home, f"0x{700:040x}")] == [NOW.date()]


def test_two_editions_are_compared(home):
    take_sample(home)
    later = SAMPLE.replace(b">27</Day></DateOfIssue", b">28</Day></DateOfIssue")
    later = later.replace(b"HIDDEN COBRA", b"GUARDIANS OF PEACE").replace(b'ProfileID="39796"', b'ProfileID="0"')
    take_sample(home, later)
    found = diff_list(home, "ofac-sdn")
    assert ([one.name for one in found.parties_changed], [one.name for one in found.parties_removed]) == (
        ["LAZARUS GROUP"],
        ["TORNADO CASH"],
    )
    assert [one.written for one in found.addresses_removed] == [ROUTER]
    assert (found.addresses_added, found.addresses_changed, found.parties_added) == ((), (), ())
    assert diff_list(home, "ofac-sdn", "2024-09-28", "2024-09-27").addresses_added == found.addresses_removed


def test_what_cannot_be_compared_is_said(home):
    for wanted, key in ((None, "lists.error.one_edition"), ("2020", "lists.error.no_edition")):
        with pytest.raises(NotFound) as refused:
            diff_list(home, "ofac-sdn", wanted)
        assert refused.value.key == ("lists.error.never_imported" if not home.lists.exists() else key)
        if not home.lists.exists():
            take_sample(home)
    with pytest.raises(NotFound) as refused:
        diff_list(home, "ofac-sdn")
    assert refused.value.key == "lists.error.one_edition"


def test_a_path_that_is_not_there_is_said(tmp_path):
    with pytest.raises(NotFound):
        read_files(tmp_path / "nothing")


def test_a_list_is_fetched_and_dated_by_its_file_or_by_the_day_of_fetching(home):
    with serving(
        lambda asked: Answer(SAMPLE if asked.path.endswith("XML") else next(iter(addresses(range(1, 600)).values())))
    ) as server:
        sdn = update_list(home, UpdateRequest("ofac-sdn", (f"{server.url}/SDN_ADVANCED.XML",), "a sample"), now=NOW)
        plain = UpdateRequest("ofac-addresses", (f"{server.url}/sanctioned_addresses_ETH.txt",))
        assert update_list(home, plain, now=NOW).version.published == NOW.date()
    assert (sdn.version.published, sdn.version.origin) == (LIST_DAY, f"{server.url}/SDN_ADVANCED.XML")


def test_a_busy_server_is_asked_again(home):
    answers = iter([Answer(b"", 503), Answer(SAMPLE)])
    with serving(lambda asked: next(answers)) as server:
        assert update_list(home, UpdateRequest("ofac-sdn", (f"{server.url}/x.xml",), "a sample"), now=NOW).is_new


def test_a_redirection_is_followed(home):
    def answer(asked: Asked) -> Answer:
        return Answer(SAMPLE) if asked.path == "/there" else Answer(b"", 302, {"Location": "/there"})

    with serving(answer) as server:
        assert update_list(home, UpdateRequest("ofac-sdn", (f"{server.url}/here",), "a sample"), now=NOW).is_new


@pytest.mark.parametrize(
    ("answer", "error", "key"),
    [
        (Answer(b"", 404), Unavailable, "lists.error.not_fetched"),
        (Answer(b"<!doctype html><html>Please wait</html>"), InvalidInput, "lists.error.html"),
        (Answer(SAMPLE[:5000]), InvalidInput, "lists.error.xml"),
        (Answer(b""), InvalidInput, "lists.error.empty"),
        (Answer(b"", 302, {"Location": "file:///etc/passwd"}), InvalidInput, "lists.error.url"),
    ],
)
def test_what_a_server_sends_instead_of_a_list_changes_nothing(home, answer, error, key):
    with serving(lambda asked: answer) as server, pytest.raises(error) as refused:
        update_list(home, UpdateRequest("ofac-sdn", (f"{server.url}/x.xml",), "a sample"), now=NOW)
    assert refused.value.key == key
    assert open_lists(home).versions() == []


def test_an_address_that_is_no_web_address_is_refused(home):
    with pytest.raises(InvalidInput) as refused:
        update_list(home, UpdateRequest("ofac-sdn", ("ftp://127.0.0.1/x",)), now=NOW)
    assert refused.value.key == "lists.error.url"


def test_an_endless_answer_is_cut_off(home, monkeypatch):
    monkeypatch.setattr("qiyafa.app.lists_update.MOST_BYTES", 1000)
    with serving(lambda asked: Answer(SAMPLE)) as server, pytest.raises(Unavailable) as refused:
        update_list(home, UpdateRequest("ofac-sdn", (f"{server.url}/x.xml",)), now=NOW)
    assert refused.value.key == "lists.error.endless"
