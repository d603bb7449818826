"""A screening pack of ten million addresses: one look-up, many at once, opening, building, and its size.

    python benchmarks/speed/screen_pack.py --json

Peer of a look-up: a DuckDB point query by primary key (its ART index) on the same keys, in memory, in the same run.
Addresses are random; 600 are listed, one in twenty is labelled, the rest are exposed. First touch: each page is hashed
and checked against the signed root before it answers. Warm: it was checked before. A look-up begins with an identity;
reading the text of an address is stated apart. Percentiles over single look-ups; of several warm runs the best.

Not measured: a disk that is cold. The file lies in the machine's page cache, as it was just written.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, keep, machine, median_seconds, peak_bytes, seconds
from qiyafa.app.pack import ScreeningPack, open_pack
from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import VERBATIM, Identity
from qiyafa.model.category import Category
from qiyafa.model.verdict import Outcome
from qiyafa.stores.pack_build import Signer, write_pack
from qiyafa.stores.pack_evidence import OUTCOMES, EvidencePool, PackEvidence
from qiyafa.stores.pack_header import AbsentAnswer, PackContents
from qiyafa.stores.pack_layout import KEY_BYTES, RECORD, RECORD_BYTES
from qiyafa.stores.pack_record import CATEGORIES, NO_HOPS, PackRecord, record_rows, share_codes
from qiyafa.stores.pack_signing import public_bytes, written_key

LISTED = 600
LABELLED_OF = 20
"""One address in so many has a label."""
ASKED = 50_000
"""Single look-ups."""
DUCKDB_ASKED = 2_000
EVM_FORM = 0x40 + 20
AS_OF = datetime(2024, 9, 27, tzinfo=UTC)
NOTHING = AbsentAnswer(Outcome.NO_HIT, ())
CONTENTS = PackContents(
    as_of=AS_OF,
    valid_until=AS_OF + timedelta(days=7),
    made_by="benchmark",
    formats=("evm", VERBATIM),
    chains=("eip155:1",),
    lists=(),
    labels_version="",
    rules_version="default",
    ledgers=(),
    absent=NOTHING,
    unreadable=NOTHING,
)


def make_rows(count: int) -> tuple[np.ndarray, bytes]:
    """Return the slots of so many addresses, and their evidence."""
    draw = np.random.default_rng(7)
    pool = EvidencePool()
    evidence = PackEvidence("designation", Outcome.HIT, ("ofac-addresses/2024-09-27-e4d46f6a8451/27307",))
    listed = PackRecord(
        Identity("evm", "0x" + "00" * 20), Outcome.HIT, "", frozenset({Category.SANCTIONED}), (), (evidence,)
    )
    rows = np.zeros(count, RECORD)
    rows[:LISTED] = record_rows([listed], CONTENTS.format_numbers, CONTENTS.chain_numbers, pool)
    rest = rows[LISTED:]
    rest["chain"], rest["outcome"] = 1, OUTCOMES.index(Outcome.REVIEW)
    rest["in_indirect"] = 1 << CATEGORIES.index(Category.STOLEN)
    rest["in_share"][:, CATEGORIES.index(Category.STOLEN)] = share_codes(draw.random(len(rest)))
    rest["in_hops"], rest["out_hops"] = draw.integers(1, 20, len(rest)), NO_HOPS
    labelled = rest[::LABELLED_OF]
    for number in range(len(labelled)):
        label = PackEvidence("label", Outcome.REVIEW, (f"{number:032x}",))
        labelled[number]["evidence_at"], labelled[number]["evidence_bytes"] = pool.place((label,))
    rows["format"], rows["form"] = CONTENTS.format_numbers["evm"], EVM_FORM
    rows["key"][:, :20] = draw.integers(0, 256, (count, 20), dtype=np.uint8)
    return rows, pool.data()


def percentiles(took: np.ndarray) -> dict[str, float]:
    """Return microseconds."""
    return {
        name: round(float(np.percentile(took, part)) / 1e3, 2)
        for name, part in (("p50", 50), ("p99", 99), ("p99.9", 99.9))
    }


def time_each(ask: Any, questions: Sequence[Any]) -> dict[str, float]:
    """Return the percentiles of asking one question after another."""
    took = np.empty(len(questions))
    clock = time.perf_counter_ns
    for number, question in enumerate(questions):
        begin = clock()
        ask(question)
        took[number] = clock() - begin
    return percentiles(took)


def duckdb_times(keys: np.ndarray, asked: np.ndarray) -> dict[str, float]:
    """Return the percentiles of point queries by primary key."""
    import duckdb
    import pyarrow as pa

    column = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(20), len(keys), [None, pa.py_buffer(np.ascontiguousarray(keys).tobytes())]
    )
    known = pa.table(
        {"key": column.cast(pa.binary()), "outcome": np.full(len(keys), OUTCOMES.index(Outcome.REVIEW), np.uint8)}
    )
    connection = duckdb.connect()
    connection.register("known", known)
    outcome = OUTCOMES.index(Outcome.REVIEW)
    connection.execute("CREATE TABLE pack (key BLOB PRIMARY KEY, outcome UTINYINT)")
    connection.execute("INSERT INTO pack SELECT * FROM known")
    query = "SELECT outcome FROM pack WHERE key = ?"
    found = [bytes(key) for key in asked]
    assert connection.execute(query, [found[0]]).fetchone() == (outcome,)
    return time_each(lambda key: connection.execute(query, [key]).fetchone(), found)


def build(path: Path, count: int) -> tuple[np.ndarray, str, dict[str, Any]]:
    """Build a pack of so many addresses; return its keys, who signed it, and what it took."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signer = Signer(public_bytes(key), key.sign)
    rows, evidence = make_rows(count)

    def write() -> None:
        write_pack(path, CONTENTS, rows, evidence, signer)

    peak, took = peak_bytes(write), seconds(write)
    keys = rows.view(np.uint8).reshape(count, RECORD_BYTES)[:, :KEY_BYTES].copy()
    figures = {
        "addresses": count,
        "bytes_an_address": round(path.stat().st_size / count, 1),
        "build_seconds": round(took, 1),
        "build_peak_mib": round((peak + rows.nbytes) / 2**20),
    }
    return keys, written_key(signer.public_key), figures


def single(pack: ScreeningPack, keys: np.ndarray) -> dict[str, Any]:
    """Return how long single look-ups take; no page was read before."""
    chosen = np.random.default_rng(8).integers(0, len(keys), ASKED)
    identities = [Identity("evm", "0x" + keys[row, 2:22].tobytes().hex()) for row in chosen]
    others = [Identity("evm", one.key[:-1] + ("0" if one.key[-1] != "0" else "1")) for one in identities]
    texts = [one.key for one in identities]
    first = time_each(pack.pack.find, identities)
    warm = min((time_each(pack.pack.find, identities) for _ in range(5)), key=lambda one: one["p99"])
    absent_first = time_each(pack.pack.find, others)
    absent = min((time_each(pack.pack.find, others) for _ in range(5)), key=lambda one: one["p99"])
    return {
        "look_up_us": {"first touch": first, "warm": warm, "absent, first touch": absent_first, "absent, warm": absent},
        "text_us": {
            "from text to verdict": time_each(lambda text: pack.screen(text, "eip155:1"), texts),
            "of which reading the text": time_each(lambda text: FORMATS.read(text, "eip155:1"), texts),
        },
    }


def batches(pack: ScreeningPack, keys: np.ndarray) -> dict[str, Any]:
    """Return how many packed keys are answered in a second, in random order."""
    shuffled = keys[np.random.default_rng(9).permutation(len(keys))]
    first = seconds(lambda: pack.screen_many(shuffled))
    warm = min(seconds(lambda: pack.screen_many(shuffled)) for _ in range(7))
    assert (pack.screen_many(shuffled) >= OUTCOMES.index(Outcome.REVIEW)).all()
    return {"batch_per_second": round(len(keys) / warm), "batch_per_second_first_touch": round(len(keys) / first)}


def measure(count: int, duckdb_count: int, folder: Path) -> dict[str, Any]:
    """Build a pack of so many addresses and ask it, side by side with DuckDB."""
    path = folder / "screening.qpack"
    keys, trusted, found = build(path, count)

    def opened() -> ScreeningPack:
        return open_pack(path, trusted, now=lambda: AS_OF)

    found["open_ms"] = round(median_seconds(lambda: opened().close(), 21) * 1e3, 2)
    with opened() as pack:
        found |= single(pack, keys)
    with opened() as pack:
        found |= batches(pack, keys)
    with opened() as pack:
        found["verify_seconds"] = round(seconds(pack.pack.damaged_pages), 2)
    some = keys[:duckdb_count, 2:22]
    peer = duckdb_times(some, some[np.random.default_rng(10).integers(0, len(some), DUCKDB_ASKED)])
    warm = found["look_up_us"]["warm"]
    ratios = {f"ratio_{name}": round(peer[name] / warm[name], 1) for name in ("p50", "p99")}
    return found | {"duckdb_addresses": len(some), "duckdb_us": peer} | ratios


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=10_000_000)
    parser.add_argument("--duckdb-addresses", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the pack is written; a temporary folder by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measure(10_000, 10_000, Path(folder))  # everything is compiled before it is measured
        found = measure(options.addresses, options.duckdb_addresses, Path(folder))
    result = {**found, "commit": commit(), "machine": machine()}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
