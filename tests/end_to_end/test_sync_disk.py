"""A disk that fills up while a node is followed: a clean sentence, nothing lost, and on it goes once there is room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qiyafa.app.sync_nodes import node_address
from qiyafa.app.sync_run import Sync, sync
from qiyafa.model.errors import Unavailable
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

from support.anvil import CHAIN, Anvil, running_anvil

DISK_BYTES = 24 << 20
THIS_TEST = "test_a_full_disk_stops_a_sync_with_a_sentence_and_loses_nothing"
INSIDE = "QIYAFA_TEST_IN_OWN_MOUNTS"
"""Set in a test that runs again in mounts of its own, since this user may mount nowhere else."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of 24 MiB, which is possible for root, and for anybody in mounts of their own."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_stops_a_sync_with_a_sentence_and_loses_nothing(tmp_path):
    if os.geteuid() == 0:
        with running_anvil() as anvil, small_disk(tmp_path / "disk") as disk:
            check_full_disk(anvil, disk, tmp_path)
        return
    assert INSIDE not in os.environ
    command = ["unshare", "-Urm", sys.executable, "-m", "pytest", "-x", "-q", f"{__file__}::{THIS_TEST}"]
    done = subprocess.run(command, env={**os.environ, INSIDE: "1"}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def check_full_disk(anvil: Anvil, disk: Path, elsewhere: Path) -> None:
    ledger, ballast = disk / "ledger", disk / "ballast"
    pay(anvil, 30)
    follow(anvil, ledger)
    before, dump = (ledger / "manifest.json").read_bytes(), content(ledger)
    pay(anvil, 60)
    refused = []
    for free_pages in range(0, 400, 3):
        ballast.write_bytes(bytes(max(room(disk) - free_pages * 4096, 0)))
        try:
            follow(anvil, ledger)
        except Unavailable as error:
            refused.append(text(error.key, **error.fields))
            ballast.unlink()
            assert (ledger / "manifest.json").read_bytes() == before
            assert content(ledger) == dump
            assert (
                sorted(path.name for path in ledger.iterdir() if path.name.startswith((".reading", ".writing"))) == []
            )
        else:
            break
    assert len(refused) > 3
    assert all("disk" in sentence or "No space left" in sentence for sentence in refused), refused
    follow(anvil, elsewhere / "fresh")
    assert content(ledger) == content(elsewhere / "fresh")


def pay(anvil: Anvil, count: int) -> None:
    for number in range(count):
        anvil.send(anvil.accounts[number % 5], f"0x{0xABCD_0000 + number:040x}", 10**15 + number)
    anvil.mine()


def follow(anvil: Anvil, ledger: Path) -> None:
    sync(Sync(ledger, node_address((anvil.url,)), begin=0, is_once=True), lambda event: None)


def content(ledger: Path) -> list[str]:
    opened = ParquetLedger.open(ledger)
    assert opened.verify() == ()
    return list(opened.dump(CHAIN))


def room(disk: Path) -> int:
    return shutil.disk_usage(disk).free
