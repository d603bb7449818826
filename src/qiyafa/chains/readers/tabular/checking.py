"""The query that checks a table: every value canonical, and in each bad row the first field that is at fault."""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from collections.abc import Mapping

from qiyafa.chains.readers.tabular.fields import Field
from qiyafa.chains.readers.tabular.sql_text import identifier, literal

_SHOWN_CHARACTERS = 80
"""So much of a bad value is kept for its problem."""


def checked(fields: tuple[Field, ...], texts: Mapping[str, str], place: str, relation: str) -> str:
    """Return the query over a relation; `texts` gives the SQL of each field as text, `place` that of the row's number.

    It answers `place`, the fields as canonical text, `fault` (the name of the first bad field, null in a good row)
    and `fault_text` (what stood there, null if nothing did). A field without text is null in every row.
    """
    numbered = list(enumerate(fields))
    raw = ", ".join(f"nullif({texts.get(field.name, 'NULL::VARCHAR')}, '') AS raw_{n}" for n, field in numbered)
    values = ", ".join(f"{field.check.canonical.format(f'raw_{n}')} AS value_{n}" for n, field in numbered)
    faults = " ".join(f"WHEN {_is_bad(n, field)} THEN {literal(field.name)}" for n, field in numbered)
    fault_texts = " ".join(
        f"WHEN {literal(field.name)} THEN left(raw_{n}, {_SHOWN_CHARACTERS})" for n, field in numbered
    )
    named = ", ".join(f"value_{n} AS {identifier(field.name)}" for n, field in numbered)
    # Three steps, so that DuckDB works out each text and each canonical spelling once.
    return f"""
      SELECT place, {named}, fault, CASE fault {fault_texts} END AS fault_text
      FROM (
        SELECT *, CASE {faults} END AS fault
        FROM (SELECT *, {values} FROM (SELECT {place} AS place, {raw} FROM {relation}))
      )"""


def _is_bad(number: int, field: Field) -> str:
    raw, value = f"raw_{number}", f"value_{number}"
    bad = f"({raw} IS NOT NULL AND ({value} IS NULL OR NOT {field.check.bound.format(value)}))"
    return bad if field.may_be_empty else f"({raw} IS NULL OR {bad})"
