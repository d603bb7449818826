"""From files downloaded for one address to raw transfers."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.chains.chain import Chain
from qiyafa.chains.readers.etherscan.account_json import open_account_json
from qiyafa.chains.readers.etherscan.decimals import decimals_of
from qiyafa.chains.readers.etherscan.listing import Context, Listing, ListKind
from qiyafa.chains.readers.etherscan.row_values import BadRowError
from qiyafa.chains.readers.etherscan.site_csv import open_site_csv
from qiyafa.chains.readers.raw_columns import write_raw_rows
from qiyafa.chains.readers.reading import FileProblems, Reading, joined
from qiyafa.chains.readers.source_file import first_bytes, reading, size_of, writing
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers, SourceFile

READER = "etherscan/1"
"""Goes into the manifest; the number changes when the same file would give other transfers."""

_PROVIDED = {
    ListKind.TRANSACTIONS: {"native", "fees"},
    ListKind.INTERNAL: {"internal"},
    ListKind.TOKENS: {"tokens"},
    ListKind.EMPTY: set[str](),
}


@dataclass(frozen=True, slots=True)
class EtherscanFiles:
    """What was downloaded for one address."""

    files: tuple[Path, ...]
    address: str
    """Canonical."""
    decimals: Mapping[str, int] = field(default_factory=dict)
    """Token contract, canonical, to its decimals."""

    def total_bytes(self) -> int:
        """Return the size of all files. Raises InvalidInput or NotFound if there are none."""
        if not self.files:
            raise InvalidInput("chains.error.no_files")
        return sum(size_of(path) for path in self.files)


def read_etherscan(request: EtherscanFiles, chain: Chain, scratch_folder: Path, progress: Progress = silent) -> Reading:
    """Read the files and write their transfers as Parquet, one for each file, into a folder that the caller removes.

    Raises InvalidInput or NotFound for a file that is no list of the explorer.
    """
    total_bytes, done_bytes = request.total_bytes(), 0
    contents = [_content(path) for path in request.files]
    listings = [_opened(path, content) for path, content in zip(request.files, contents, strict=True)]
    decimals = _known_decimals(listings) | dict(request.decimals)
    context = Context(chain.native_asset, chain.native_decimals, chain.token_asset, decimals)
    sources: list[SourceFile] = []
    problems: list[FileProblems] = []
    files: list[str] = []
    for number, listing in enumerate(listings):
        done_bytes += len(contents[number])
        progress("chains.stage.etherscan", done_bytes, total_bytes)
        path, faults = scratch_folder / f"transfers-{number:05}.parquet", FileProblems(str(listing.path))
        with writing(scratch_folder):
            write_raw_rows(listing_transfers(listing, request.address, context, faults), path)
        files.append(str(path))
        problems.append(faults)
        taken = listing.row_count - faults.rows_left_out
        digest = hashlib.sha256(contents[number]).hexdigest()
        sources.append(SourceFile(listing.path.name, digest, taken, faults.rows_left_out, READER, listing.kind.value))
    kept, problem_count = joined(problems)
    raw = RawTransfers(
        chain=chain.caip2,
        parquet_files=tuple(files),
        sources=tuple(sources),
        provides=frozenset(kind for listing in listings for kind in _PROVIDED[listing.kind]),
        address_coverage=_coverage(request.address, listings, sum(faults.rows_left_out for faults in problems)),
    )
    return Reading(raw, kept, problem_count)


def _content(path: Path) -> bytes:
    first_bytes(path)
    with reading(path):
        return path.read_bytes()


def _opened(path: Path, content: bytes) -> Listing:
    is_json = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}
    return open_account_json(path, content) if is_json else open_site_csv(path, content)


def _known_decimals(listings: Iterable[Listing]) -> dict[str, int]:
    """Return the decimals of the tokens that the JSON lists of this run name."""
    known: dict[str, int] = {}
    for listing in listings:
        for _, row in listing.rows:
            decimals = decimals_of(row["tokenDecimal"])
            if decimals is not None:
                known[row["contractAddress"].strip().lower()] = decimals
    return known


def listing_transfers(
    listing: Listing, address: str, context: Context, problems: FileProblems
) -> Iterator[dict[str, object]]:
    """Yield rows of RAW_TRANSFERS; a row that cannot be taken, or that does not touch the address, is a problem."""
    for place, key in listing.broken:
        problems.add(place, key)
    for place, row in listing.rows:
        try:
            transfers = list(listing.transfers_of(row, listing.kind, context))
        except BadRowError as bad:
            problems.add(place, bad.key, **bad.fields)
            continue
        if transfers and not any(address in (one["source"], one["target"]) for one in transfers):
            problems.add(place, "chains.problem.other_address", address=address)
            continue
        yield from transfers


def _coverage(address: str, listings: list[Listing], rows_left_out: int) -> tuple[AddressCoverage, ...]:
    """Return how complete the history of the address is; nothing without a list of its transactions.

    An empty answer does not say of which list it is, and counts as the transactions.
    """
    if not {listing.kind for listing in listings} & {ListKind.TRANSACTIONS, ListKind.EMPTY}:
        return ()
    detail = ", ".join(f"{listing.kind} {listing.row_count} rows" for listing in listings)
    if rows_left_out:
        detail += f", {rows_left_out} of them left out"
    is_cut = any(listing.row_count >= listing.row_limit for listing in listings)
    status = CoverageStatus.CAPPED if is_cut or rows_left_out else CoverageStatus.COMPLETE
    return (AddressCoverage(address, status, detail),)
