"""TagPacks and ActorPacks out: they come back whole, and GraphSense's own library reads and validates them."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.chains.formats import FORMATS
from qiyafa.model.label import Label
from qiyafa.sharing.actorpack import Actor, Actors, read_actorpack, write_actorpack
from qiyafa.sharing.strict_yaml import read_yaml
from qiyafa.sharing.tagpack import PackReading, read_tagpack
from qiyafa.sharing.tagpack_writer import packs_of, write_tagpack

from support.anvil import peers
from support.labels import TEXTS, labels

ACTORS = Actors.of([Actor("huobi", "Huobi", "huobi.com", ("exchange",))])
READING = PackReading(FORMATS, ACTORS)
TICKERS = {"eip155:1": "ETH", "bip122:000000000019d6689c085ae165831e93": "BTC", "tron:728126428": "TRX"}
PACK = """title: "Two: kinds"
creator: A maker
description: 'says "this"'
confidence: forensic
label: Huobi
currency: BTC
source: https://example.org
tags:
- address: 1vdXJDiDSzeUAoM7eAcWZPhM9wEKmH8dG
  category: exchange
  actor: huobi
  lastmod: 2022-11-16
- address: '0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b'
  currency: USDT
  network: ETH
  label: "tornado\\u202e"
  confidence: authority_data
  is_cluster_definer: true
  abuse: sanction
  concepts: [mixing_service]
  tag_type: actor
  context: '{"note": 1}'
"""


def read(content: str) -> list[Label]:
    result = read_tagpack(read_yaml(content.encode(), "f"), "f", READING)
    assert result.left_out == 0, result.problems
    return result.labels


def written(given_labels: list[Label]) -> list[str]:
    packs = packs_of(given_labels, "Qiyafa")
    return ["".join(write_tagpack(header, some, READING, TICKERS.__getitem__)) for header, some in packs.items()]


@settings(max_examples=60)
@given(st.lists(labels(), min_size=1, max_size=4))
def test_any_labels_come_back_whole(given_labels: list[Label]) -> None:
    back = [label for content in written(given_labels) for label in read(content)]
    assert sorted(back, key=repr) == sorted(given_labels, key=repr)


def test_a_pack_comes_back_as_it_was_with_no_fields_of_ours() -> None:
    first = read(PACK)
    (content,) = written(first)
    assert "qiyafa" not in content
    assert read(content) == first


def test_each_pack_of_others_stays_a_pack_of_its_own() -> None:
    first = read(PACK)
    others = [replace(label, details={**label.details, "pack.title": "Other"}) for label in first]
    assert len(written(first + others)) == 2


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, st.lists(st.sampled_from(["exchange", "defi"]), max_size=2)), min_size=1, max_size=4))
def test_any_actors_come_back_whole(parts: list[tuple[str, list[str]]]) -> None:
    actors = [
        Actor(
            f"id{number}", f"label {name}", f"uri {name}", tuple(concepts), ("KP",), (f"alias{number}",), "2024-01-01"
        )
        for number, (name, concepts) in enumerate(parts)
    ]
    content = "".join(write_actorpack(actors, title="t", creator="c", day="2024-01-01"))
    assert list(read_actorpack(read_yaml(content.encode(), "f"), "f").actors) == actors


def graphsense() -> Path:
    python = Path(os.environ.get("QIYAFA_GRAPHSENSE", str(peers() / "graphsense" / "bin" / "python")))
    if not python.exists():
        pytest.skip(f"graphsense-lib is not on this machine: run .ci/peers {peers()}")
    return python


def tagpack_tool(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run GraphSense's own tool for packs."""
    tool = [str(python), "-m", "graphsenselib.cli.main", "tagpack-tool", *arguments]
    return subprocess.run(tool, capture_output=True, text=True, timeout=120, cwd=folder)


@pytest.mark.slow
def test_graphsense_reads_and_validates_what_we_write(tmp_path: Path) -> None:
    python = graphsense()
    made = read(PACK) + [replace(label, grade="C3", source="Someone else", details={}) for label in read(PACK)]
    files = []
    for number, content in enumerate(written(made)):
        files.append(tmp_path / f"pack{number}.yaml")
        files[-1].write_text(content, encoding="utf-8")
    actorpack = tmp_path / "actors.actorpack.yaml"
    actors = [
        Actor(
            "huobi",
            "Huobi",
            "huobi.com",
            ("exchange",),
            ("SC",),
            ("htx",),
            "2023-02-17",
            context='{"aliases": ["htx"]}',
        )
    ]
    content = "".join(write_actorpack(actors, title="Actors", creator="Us", day="2024-01-01"))
    actorpack.write_text(content, encoding="utf-8")
    # With a pack of actors at hand it asks no server for one.
    checked = ["--actorpack-path", str(actorpack), "--check-actor-references"]
    for file in files:
        ran = tagpack_tool(python, tmp_path, "tagpack", "validate", *checked, str(file))
        assert "1/1 TagPacks passed" in ran.stdout, f"{file.name}: {ran.stdout}\n{ran.stderr}"
    assert tagpack_tool(python, tmp_path, "actorpack", "validate", str(actorpack)).returncode == 0
    actorpack.write_text(content.replace("exchange", "no_concept"), encoding="utf-8")
    broken = tagpack_tool(python, tmp_path, "actorpack", "validate", str(actorpack))
    assert "no_concept" in broken.stdout + broken.stderr, "it does look"
