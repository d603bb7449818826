"""Table `logs`: the Transfer events of fungible tokens (ERC-20).

An ERC-20 transfer has three topics (signature, from, to) and 32 bytes of data, the units. With four topics the event
is of a single thing (ERC-721): such a token is not fungible, and is counted, not traced. Transfer events of any
other shape do not follow the standard and are counted too. All other events move nothing.
Sources: EIP-20 and EIP-721; topic 0 is keccak of `Transfer(address,address,uint256)`.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.ethereum_etl.token_transfers import write_token_transfers
from qiyafa.chains.readers.tabular.fields import ADDRESS, BLOCK, HASH, INDEX, TEXT, TIME, Field, may, must, must_exist
from qiyafa.chains.readers.tabular.staging import note_faults

TRANSFER_TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"

FIELDS: tuple[Field, ...] = (
    must("transaction_hash", HASH),
    must("log_index", INDEX),
    must("block_number", BLOCK),
    may("transaction_index", INDEX),
    may("block_timestamp", TIME),
    must("address", ADDRESS),
    must_exist("data", TEXT),
    must_exist("topics", TEXT),
)

_WORD = "0[xX][0-9a-fA-F]{64}"
_PADDED_ADDRESS = "0x0{24}[0-9a-f]{40}"


def read_logs(run: Run, files: tuple[Path, ...]) -> None:
    """Write the token transfers of all files, and fill the scratch table `single_tokens` with the ERC-721 events."""
    run.scratch.run("CREATE TABLE single_tokens (transaction_hash VARCHAR, log_index VARCHAR)")
    for path in files:
        staged = run.staged(path, "logs", FIELDS)
        _find_transfers(run)
        note_faults(run.scratch, staged, "events")
        rows = write_token_transfers(run, staged, "(SELECT * FROM events WHERE shape = 'fungible' AND fault IS NULL)")
        run.scratch.run(
            "INSERT INTO single_tokens SELECT transaction_hash, log_index FROM events WHERE shape = 'single'"
        )
        for shape in ("single", "odd"):
            count = run.scratch.number(f"SELECT count(*) FROM events WHERE shape = '{shape}'")
            staged.file.problems.summarize(f"chains.problem.{shape}_tokens", count, left_out=True)
        run.finish(staged, "logs", rows)
    run.provides |= {"tokens"} if files else set()


def _find_transfers(run: Run) -> None:
    """Make the scratch table `events` of the Transfer events among the staged logs."""
    run.scratch.run(f"""
        CREATE OR REPLACE TABLE events AS
        SELECT *, CASE WHEN shape = 'fungible' AND NOT (
            regexp_full_match(topics[2], '{_PADDED_ADDRESS}') AND regexp_full_match(topics[3], '{_PADDED_ADDRESS}')
          ) THEN 'chains.problem.topics' END AS fault,
          CASE WHEN shape = 'fungible' THEN array_to_string(topics, ', ') END AS fault_text,
          '0x' || right(topics[2], 40) AS from_address, '0x' || right(topics[3], 40) AS to_address,
          CASE WHEN shape = 'fungible' THEN digits_of(data) END AS value
        FROM (
          SELECT * EXCLUDE (fault, fault_text, address, topics), address AS token_address,
            -- Joined by commas in CSV, a list in Parquet; brackets and quotes in copies that went through pandas.
            regexp_extract_all(lower(topics), '0x[0-9a-f]+') AS topics,
            CASE len(regexp_extract_all(lower(topics), '0x[0-9a-f]+'))
              WHEN 3 THEN CASE WHEN regexp_full_match(data, '{_WORD}') THEN 'fungible' ELSE 'odd' END
              WHEN 4 THEN 'single' ELSE 'odd' END AS shape
          FROM staged WHERE fault IS NULL AND contains(lower(topics), '{TRANSFER_TOPIC}')
        )
        WHERE topics[1] = '{TRANSFER_TOPIC}'""")
