"""The tables of the record.

`revisions` is the record: rows are only added. Everything else is made from it, so that questions are quick:
`standing` says from when to when a revision held; `incident_rows`, `incident_groups` with their members and
`incident_relations` are what statistics ask of incidents, `claim_rows` and `claim_groups` what they ask of claims.
A span is [known_from, known_until), in microseconds since 1970; what holds now has the end `FOREVER`.
"""

from typing import Final

from qiyafa.stores.database import Schema

FOREVER: Final = (1 << 63) - 1
"""The end of the span of what nothing has replaced."""
NO_DAY: Final = 0
LAST_DAY: Final = 4_000_000
"""Where a period has no first or no last day; all days (counted from 1 January of the year 1) lie between."""

RECORD: Final = Schema(
    kind="record",
    application_id=0x51695263,  # QiRc
    version=1,
    tables="""
CREATE TABLE head (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  revisions INTEGER NOT NULL,
  digest BLOB NOT NULL,
  casebook TEXT NOT NULL,
  casebook_seq INTEGER NOT NULL
) STRICT;
CREATE TABLE revisions (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  number INTEGER NOT NULL,
  known_from INTEGER NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  aside INTEGER NOT NULL,
  body TEXT NOT NULL,
  seal BLOB NOT NULL,
  UNIQUE (kind, id, number)
) STRICT;
CREATE TABLE standing (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  id TEXT NOT NULL,
  first_known INTEGER NOT NULL,
  known_from INTEGER NOT NULL,
  known_until INTEGER NOT NULL
) STRICT;
CREATE INDEX standing_by_id ON standing (kind, id, known_until);
CREATE INDEX standing_aside ON standing (kind, id) WHERE state = 'aside';
CREATE TABLE incident_rows (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  known_from INTEGER NOT NULL,
  known_until INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  cents INTEGER
) STRICT;
CREATE INDEX incident_rows_by_id ON incident_rows (id);
CREATE TABLE incident_groups (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE incident_members (
  group_number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (group_number, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE incident_relations (
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  other TEXT NOT NULL,
  PRIMARY KEY (seq, other)
) STRICT;
CREATE INDEX incident_relations_by_id ON incident_relations (id);
CREATE TABLE claim_groups (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  measure TEXT NOT NULL,
  unit TEXT NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  claimant TEXT NOT NULL,
  source TEXT NOT NULL,
  edition TEXT NOT NULL
) STRICT;
CREATE TABLE claim_rows (
  seq INTEGER PRIMARY KEY,
  group_number INTEGER NOT NULL,
  id TEXT NOT NULL,
  known_from INTEGER NOT NULL,
  known_until INTEGER NOT NULL,
  is_whole INTEGER NOT NULL,
  actor TEXT NOT NULL,
  least INTEGER,
  most INTEGER
) STRICT;
CREATE INDEX claim_rows_by_group ON claim_rows (
  group_number, known_until, known_from, is_whole, actor, least, most, id
);
""",
)


def standing_at(row: str, moment: int | None) -> str:
    """Return the condition that a row with a span holds at a moment, or now. A moment is a number, never a text."""
    if moment is None:
        return f"{row}.known_until = {FOREVER}"
    return f"{row}.known_from <= {moment:d} AND {row}.known_until > {moment:d}"
