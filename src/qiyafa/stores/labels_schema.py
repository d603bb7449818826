"""The tables of the labels.

`statements` holds what is said, once for all addresses of which the same is said; `versions` who it is said of, one
row for each time that a label came, changed, was disputed or withdrawn. `actors` are the parties that labels name,
`uses` what rested on labels. Rows are only ever added. `versions`, `actors` and `uses` each carry a chain of hashes,
since no database notices every flipped bit (`labels_chain.py`). `routes` is the level of confidence (0 to 100) with
which an address is said to stop a trace, 0 if it is not.
"""

from typing import Final

from qiyafa.stores.database import Schema

LABELS: Final = Schema(
    kind="labels",
    application_id=0x51694C62,  # QiLb
    version=1,
    tables="""
CREATE TABLE heads (chain TEXT PRIMARY KEY, rows INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE statements (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  entity TEXT NOT NULL,
  routes INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE versions (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL CHECK (length(id) = 16),
  format TEXT NOT NULL,
  key TEXT NOT NULL,
  written TEXT NOT NULL,
  statement INTEGER NOT NULL REFERENCES statements (number),
  state TEXT NOT NULL,
  objection TEXT NOT NULL,
  known_from INTEGER NOT NULL,
  routes INTEGER NOT NULL,
  replaced_by INTEGER REFERENCES versions (seq),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX versions_by_key ON versions (key);
CREATE INDEX versions_by_id ON versions (id);
CREATE INDEX versions_that_route ON versions (format, routes) WHERE routes > 0;
CREATE INDEX versions_by_statement ON versions (statement);
CREATE TABLE actors (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL, known_from INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX actors_by_id ON actors (id);
CREATE TABLE uses (
  seq INTEGER PRIMARY KEY,
  label BLOB NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  at INTEGER NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (label, kind, name, digest)
) STRICT;
""",
)
