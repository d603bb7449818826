"""The tables of official lists."""

from typing import Final

from qiyafa.stores.database import Schema

LISTS: Final = Schema(
    kind="lists",
    application_id=0x51694C69,  # QiLi
    version=1,
    tables="""
CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  list_id TEXT NOT NULL,
  authority TEXT NOT NULL,
  version TEXT NOT NULL,
  published TEXT NOT NULL,
  imported TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  parties INTEGER NOT NULL,
  addresses INTEGER NOT NULL,
  problems INTEGER NOT NULL,
  origin TEXT NOT NULL,
  whole INTEGER NOT NULL,
  override TEXT NOT NULL,
  address_digest BLOB NOT NULL,
  party_digest BLOB NOT NULL,
  seal BLOB NOT NULL,
  UNIQUE (list_id, version)
) STRICT;
CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  list_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (list_id, kind, digest)
) STRICT;
CREATE TABLE members (
  kind TEXT NOT NULL,
  version INTEGER NOT NULL REFERENCES versions (id),
  record INTEGER NOT NULL REFERENCES records (id),
  PRIMARY KEY (kind, version, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
  "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
  digest BLOB NOT NULL
) STRICT;
CREATE TABLE problems (
  version INTEGER NOT NULL REFERENCES versions (id),
  number INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (version, number)
) STRICT, WITHOUT ROWID;
""",
)
