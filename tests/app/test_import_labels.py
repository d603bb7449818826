"""Importing and exporting labels: folders, broken files, actors before tags, and all or nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.labels import ImportOptions, LabelImport, contradict, export_labels, import_labels, labels_of
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.label import Label, Tlp
from qiyafa.stores.labels import LabelStore
from qiyafa.text import text

from support.labels import HUOBI, ROUTER

PACK = (
    "title: p\ncreator: c\nsource: https://example.org\nconfidence: forensic\ncurrency: BTC\n"
    f"tags:\n- address: {HUOBI}\n"
)
TAGS = {
    "a.yaml": PACK + "  label: Huobi 7\n  actor: huobi\n",
    "b/actors.yaml": "title: a\ncreator: c\nactors:\n- id: huobi\n  label: Huobi\n  uri: x\n  categories: [exchange]\n",
    "c.csv": f"address,name,source\n{ROUTER},Tornado,me\n",
    "d.csv": f"chain,address,incident,role,source,source_url\nETH,{ROUTER},x,theft,tayvano,https://example.org\n",
}
BROKEN: dict[str, str | bytes] = {
    "alias.yaml": "a: &a [1]\ntags: [*a]\n",
    "latin.yaml": b"title: caf\xe9\ntags: []\n",
    "half.yaml": PACK + "  label: 'never ends\n",
    "other.yaml": "just: fields\n",
    "columns.csv": "who,knows\n1,2\n",
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def files(folder: Path, contents: dict[str, str | bytes]) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def take_in(home: Home, *paths: Path, **options: object) -> LabelImport:
    return import_labels(home, paths, ImportOptions(**options))  # type: ignore[arg-type]


def held(home: Home) -> list[Label]:
    return list(LabelStore.reading(home.labels).each(datetime.now(UTC)))


def test_a_folder_is_taken_in_whole_and_formats_are_told_by_content(home: Home, tmp_path: Path) -> None:
    result = take_in(home, files(tmp_path / "in", dict(TAGS)))
    assert (result.files, result.labels, result.actors, result.counts.added) == (4, 3, 1, 3)
    assert (result.refused, result.problems, result.left_out) == ([], [], 0)
    assert sorted((label.name, label.category) for label in held(home)) == [
        ("Huobi 7", Category.EXCHANGE),
        ("Tornado", Category.OTHER),
        ("x: theft", Category.STOLEN),
    ]


def test_an_actor_completes_a_tag_wherever_its_file_stands(home: Home, tmp_path: Path) -> None:
    take_in(home, files(tmp_path / "in", dict(TAGS)))
    (label,) = labels_of(home, HUOBI, None, None).labels
    assert (label.entity, label.category, label.routing) == ("Huobi", Category.EXCHANGE, Category.EXCHANGE)


def test_an_actor_that_was_known_before_completes_later_tags(home: Home, tmp_path: Path) -> None:
    folder = files(tmp_path / "in", dict(TAGS))
    take_in(home, folder / "b")
    take_in(home, folder / "a.yaml")
    assert held(home)[0].entity == "Huobi"


def test_broken_files_are_named_and_the_others_go_on(home: Home, tmp_path: Path) -> None:
    result = take_in(home, files(tmp_path / "in", {**TAGS, **BROKEN}))
    refused = {Path(problem.source).name for problem in result.refused}
    assert refused == set(BROKEN)
    assert result.counts.added == 3
    for problem in result.refused:
        assert Path(problem.source).name in text(problem.key, **problem.fields)


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_file_alone_is_an_error_and_changes_nothing(home: Home, tmp_path: Path, name: str) -> None:
    take_in(home, files(tmp_path / "in", dict(TAGS)))
    version = LabelStore.reading(home.labels).version()
    with pytest.raises(InvalidInput):
        take_in(home, files(tmp_path / "broken", {name: BROKEN[name]}) / name)
    assert LabelStore.reading(home.labels).version() == version


def test_importing_again_changes_nothing(home: Home, tmp_path: Path) -> None:
    folder = files(tmp_path / "in", dict(TAGS))
    first, second = take_in(home, folder), take_in(home, folder)
    assert (second.counts.same, second.counts.added, second.actors) == (3, 0, 0)
    assert first.version == second.version


def test_options_fill_in_what_files_leave_out(home: Home, tmp_path: Path) -> None:
    pack = PACK.replace("source: https://example.org\n", "") + "  label: x\n"
    take_in(home, files(tmp_path / "in", {"a.yaml": pack}), tlp=Tlp.RED, source_url="https://packs.example")
    assert [(label.tlp, label.source_url) for label in held(home)] == [(Tlp.RED, "https://packs.example")]


@pytest.mark.parametrize(("contents", "error"), [({}, InvalidInput), (None, NotFound)])
def test_nothing_to_take_in_is_said(
    home: Home, tmp_path: Path, contents: dict[str, str | bytes] | None, error: type[Exception]
) -> None:
    folder = tmp_path / "in"
    if contents is not None:
        folder.mkdir()
    with pytest.raises(error):
        take_in(home, folder)
    assert not home.labels.exists()


@pytest.mark.parametrize("format", ["csv", "tagpack"])
def test_what_goes_out_comes_in_as_it_was(home: Home, tmp_path: Path, format: str) -> None:
    take_in(home, files(tmp_path / "in", dict(TAGS)))
    out = tmp_path / "out" / ("labels.csv" if format == "csv" else "packs")
    out.parent.mkdir()
    assert export_labels(home, format, out) == 3
    other = Home(tmp_path / "other")
    export_labels(home, "actorpack", tmp_path / "actors.yaml")
    take_in(other, tmp_path / "actors.yaml", out)
    mine, theirs = ([replace(label, known_from=None) for label in held(one)] for one in (home, other))
    assert mine == theirs


def test_an_export_has_the_same_bytes_again(home: Home, tmp_path: Path) -> None:
    take_in(home, files(tmp_path / "in", dict(TAGS)))
    for number in range(2):
        export_labels(home, "csv", tmp_path / f"{number}.csv")
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()


def test_an_objection_needs_a_reason_and_a_store(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        contradict(home, "abcdef", "wrong", "", withdraw=True)
    take_in(home, files(tmp_path / "in", dict(TAGS)))
    with pytest.raises(InvalidInput):
        contradict(home, held(home)[0].id, "  ", "", withdraw=True)


@pytest.mark.slow
@pytest.mark.shared_data
def test_every_published_pack_loads_whole(home: Home, shared_data: Path) -> None:
    result = take_in(home, shared_data / "labels")
    assert (result.files, result.refused, result.left_out) == (88, [], 0)
    assert result.labels == 525_313
    assert result.counts.added + result.counts.same + result.counts.repeated == result.labels
    by_kind = {problem.key.rpartition(".")[2] for problem in result.problems}
    assert by_kind == {"missing", "no_chain", "other_chain", "no_format"}
    found = labels_of(home, ROUTER, None, datetime(2023, 1, 1, tzinfo=UTC)).labels
    assert {label.category for label in found} >= {Category.MIXER, Category.SANCTIONED}
    assert found[0].entity == "Tornado Cash"
    frozen = [label for label in held(home) if label.category is Category.FROZEN]
    assert len(frozen) == 774
    assert json.loads(frozen[0].details["tag.context"])["token"] == "USDT"
