"""Built clusters on the disk: what was kept comes back, what does not fit or is damaged counts as not there."""

import numpy as np
import pytest

from qiyafa.cluster.build import build
from qiyafa.cluster.records import Clusters, Ground
from qiyafa.stores.cluster_files import ClusterPlace, ClusterSettings, load_clusters, save_clusters

from support.random_output_chains import Spending, output_columns

SETTINGS = ClusterSettings(("co_spend",), 600)
CHAIN = "bip122:000000000019d6689c085ae165831e93"


@pytest.fixture
def clusters() -> Clusters:
    foreign = [(f"a{number}", 10_000) for number in range(4)]
    outputs = output_columns([Spending((0, 1), (), 1), Spending((2, 3), (), 2)], foreign)
    return build(Ground(outputs=outputs), ("co_spend",), {})


@pytest.fixture
def place(tmp_path) -> ClusterPlace:
    return ClusterPlace(tmp_path, CHAIN)


def test_what_was_kept_comes_back(place, clusters) -> None:
    folder = place.build_folder(SETTINGS, ["a"])
    assert save_clusters(folder, clusters, SETTINGS)
    found = load_clusters(folder)
    assert found is not None
    assert found.member.tolist() == clusters.member.tolist() == [1, 2, 3, 4]
    for name in ("rule", "standing", "mix", "row", "other_row", "through", "time", "first", "member"):
        assert np.array_equal(getattr(found.merges, name), getattr(clusters.merges, name))
    for name in ("root", "cluster", "first", "join_left", "join_right", "join_merge"):
        assert np.array_equal(getattr(found, name), getattr(clusters, name))
    assert place.settings() == SETTINGS


def test_only_the_last_build_is_kept(place, clusters) -> None:
    old = place.build_folder(SETTINGS, ["a"])
    save_clusters(old, clusters, SETTINGS)
    other = ClusterSettings(("co_spend", "one_time_change"))
    new = place.build_folder(other, ["a"])
    assert save_clusters(new, clusters, other)
    assert load_clusters(old) is None
    assert place.settings() == other


def test_other_ground_or_settings_is_another_folder(place) -> None:
    folders = {
        place.build_folder(settings, rests_on)
        for settings in (
            SETTINGS,
            ClusterSettings(("co_spend",)),
            ClusterSettings(("co_spend", "one_time_change"), 600),
        )
        for rests_on in (["a", "b"], ["ab"], ["b", "a"])
    }
    assert len(folders) == 9


def test_a_flipped_bit_or_a_missing_file_counts_as_not_there(place, clusters) -> None:
    folder = place.build_folder(SETTINGS, ["a"])
    for path in sorted(save_clusters(folder, clusters, SETTINGS) and folder.iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert load_clusters(folder) is None, path.name
        path.unlink()
        assert load_clusters(folder) is None, path.name
        path.write_bytes(content)
    assert load_clusters(folder) is not None


def test_where_nothing_was_built_there_are_no_settings(place, tmp_path) -> None:
    assert place.settings() is None
    place.folder.mkdir(parents=True)
    (place.folder / "half").mkdir()
    (place.folder / "half" / "meta.json").write_text("{")
    assert place.settings() is None
    assert load_clusters(place.folder / "half") is None


def test_a_folder_that_cannot_be_written_keeps_nothing(place, clusters) -> None:
    place.folder.parent.mkdir()
    place.folder.write_text("in the way")
    assert not save_clusters(place.build_folder(SETTINGS, ["a"]), clusters, SETTINGS)
