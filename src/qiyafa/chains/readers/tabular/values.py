"""How the text of a value becomes canonical, as SQL macros: each answers the canonical text, or null if it is bad.

Whole numbers come as decimal digits or as `0x` and hexadecimal digits. Hexadecimal digits above 128 bits, and
floating-point numbers of 10^38 and more, need exact arithmetic that DuckDB lacks, and go through Python.
"""

import duckdb

_MACROS = r"""
CREATE OR REPLACE TEMP MACRO hash_of(t) AS
  CASE WHEN regexp_full_match(t, '0[xX][0-9a-fA-F]{64}') THEN lower(t) END;

CREATE OR REPLACE TEMP MACRO address_of(t) AS
  CASE WHEN regexp_full_match(t, '0[xX][0-9a-fA-F]{40}') THEN lower(t) END;

-- Hexadecimal digits without prefix and leading zeros, as decimal digits.
CREATE OR REPLACE TEMP MACRO hex_digits_of(h) AS
  CASE WHEN h = '' THEN '0'
       WHEN length(h) <= 16 THEN CAST(CAST('0x' || h AS UBIGINT) AS VARCHAR)
       WHEN length(h) <= 32 THEN CAST(
         CAST(CAST('0x' || left(h, length(h) - 16) AS UBIGINT) AS UHUGEINT) * 18446744073709551616
         + CAST('0x' || right(h, 16) AS UBIGINT) AS VARCHAR)
       WHEN length(h) <= 64 THEN long_hex_to_decimal(h) END;

CREATE OR REPLACE TEMP MACRO digits_of(t) AS
  CASE WHEN regexp_full_match(t, '[0-9]+') THEN coalesce(nullif(ltrim(t, '0'), ''), '0')
       WHEN regexp_full_match(t, '0[xX][0-9a-fA-F]+') THEN hex_digits_of(ltrim(substr(t, 3), '0')) END;

CREATE OR REPLACE TEMP MACRO status_of(t) AS
  CASE WHEN lower(t) IN ('1', '0x1', 'true') THEN 'ok' WHEN lower(t) IN ('0', '0x0', 'false') THEN 'failed' END;

-- Seconds since 1970, or a date and time in UTC: BigQuery writes `2022-03-23 13:29:09 UTC`.
CREATE OR REPLACE TEMP MACRO seconds_of(t) AS
  CASE WHEN regexp_full_match(t, '\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.0+)?( UTC|Z|\+00(:?00)?)?')
       THEN CAST(CAST(epoch(TRY_CAST(left(t, 19) AS TIMESTAMP)) AS BIGINT) AS VARCHAR)
       ELSE digits_of(t) END;

-- `0,2` as ethereum-etl writes it, `[0, 2]` or `0_2` elsewhere.
CREATE OR REPLACE TEMP MACRO trace_address_of(t) AS
  CASE WHEN regexp_full_match(t, '\[?([0-9]{1,9}([,_] ?[0-9]{1,9})*)?\]?') THEN translate(t, '_[] ', ',') END;

-- A whole floating-point number as the exact digits it stands for; anything else as it shows, to be refused.
CREATE OR REPLACE TEMP MACRO float_text_of(f) AS
  CASE WHEN isfinite(f) AND f = trunc(f) AND abs(f) < 1e38 THEN CAST(CAST(f AS HUGEINT) AS VARCHAR)
       WHEN isfinite(f) AND f = trunc(f) THEN long_float_to_decimal(f)
       ELSE CAST(f AS VARCHAR) END;
"""


def define_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the macros of this module."""
    connection.create_function("long_hex_to_decimal", _long_hex_to_decimal, ["VARCHAR"], "VARCHAR")
    connection.create_function("long_float_to_decimal", _long_float_to_decimal, ["DOUBLE"], "VARCHAR")
    connection.execute(_MACROS)


def _long_hex_to_decimal(digits: str) -> str:
    return str(int(digits, 16))


def _long_float_to_decimal(number: float) -> str:
    return str(int(number))
