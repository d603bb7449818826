"""Which columns a table has and what each value must be: declared once for each table, checked in SQL."""

from dataclasses import dataclass

from qiyafa.model.ledger import MAX_UINT256


@dataclass(frozen=True, slots=True)
class Check:
    """What a value must be."""

    name: str
    """The sentence for a bad value is `chains.problem.<name>`."""
    canonical: str
    """SQL from the text `{}` to its canonical spelling, null if it has none; the macros are those of `values`."""
    bound: str = "true"
    """SQL that the canonical spelling `{}` must fulfil besides."""


HASH = Check("hash", "hash_of({0})")
ADDRESS = Check("address", "address_of({0})")
UNITS = Check("units", "digits_of({0})", f"(length({{0}}) < 78 OR (length({{0}}) = 78 AND {{0}} <= '{MAX_UINT256}'))")
GAS = Check("gas", "digits_of({0})", "length({0}) <= 15")
PRICE = Check("price", "digits_of({0})", "length({0}) <= 20")
"""Gas times price, and a sum of such fees, stay below 2^127 within these bounds; no chain comes near them."""
LAYER_FEE = Check("layer_fee", "digits_of({0})", "length({0}) <= 36")
BLOCK = Check("block", "digits_of({0})", "length({0}) <= 15")
INDEX = Check("index", "digits_of({0})", "length({0}) <= 9")
STATUS = Check("status", "status_of({0})")
TIME = Check("time", "seconds_of({0})", "length({0}) <= 11")
"""Up to the year 5138; a time in milliseconds is refused."""
TRACE_ADDRESS = Check("trace_address", "trace_address_of({0})", "length({0}) - length(replace({0}, ',', '')) < 1024")
"""The machine's call depth is at most 1024."""
COVERAGE_STATUS = Check(
    "coverage_status", "nullif(regexp_extract(lower({0}), '^(complete|capped|absent)([^a-z]|$)', 1), '')"
)
TEXT = Check("text", "{0}")


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a reader wants."""

    name: str
    check: Check
    required: bool
    """The column must be in the file."""
    may_be_empty: bool
    other_names: tuple[str, ...]
    """What else the column is called in the wild."""

    def found_in(self, columns: tuple[str, ...]) -> str | None:
        """Return the name of this column among a file's columns, or None."""
        spelled = {column.strip().lower(): column for column in reversed(columns)}
        return next((spelled[name] for name in (self.name, *self.other_names) if name in spelled), None)


def must(name: str, check: Check, *other_names: str) -> Field:
    """Return a column that must be in the file, with a value in every row."""
    return Field(name, check, required=True, may_be_empty=False, other_names=other_names)


def must_exist(name: str, check: Check, *other_names: str) -> Field:
    """Return a column that must be in the file, but may be empty in a row."""
    return Field(name, check, required=True, may_be_empty=True, other_names=other_names)


def may(name: str, check: Check, *other_names: str) -> Field:
    """Return a column that may be missing or empty."""
    return Field(name, check, required=False, may_be_empty=True, other_names=other_names)
