"""What can go wrong, as exceptions and as values.

QiyafaError
 ├─ InvalidInput   the caller's fault: a wrong option, a case file with a typo, a text that is no address
 ├─ NotFound       what was asked for is not there: a file, a ledger, a transaction
 ├─ Conflict       what is there contradicts itself or the request: a damaged or busy ledger
 └─ Unavailable    the outside failed and may recover: a full disk, a file that cannot be read

An error carries a key of the text catalogue and its fields, never a finished sentence; `qiyafa.text` turns it
into one and shows hostile fields harmlessly. Bad data is not an exception but a `Problem`, and the run goes on.
"""

from dataclasses import dataclass, field

Field = str | int


class QiyafaError(Exception):
    """An error a user can act on; `key` names its sentence in the text catalogue, `fields` fill it in."""

    def __init__(self, key: str, /, **fields: Field) -> None:
        self.key = key
        self.fields = fields
        super().__init__(key, fields)

    def __str__(self) -> str:
        return f"{self.key} {self.fields}"


class InvalidInput(QiyafaError):
    """The request cannot be meant as it stands."""


class NotFound(QiyafaError):
    """What the request names does not exist."""


class Conflict(QiyafaError):
    """What exists contradicts itself or the request."""


class Unavailable(QiyafaError):
    """Something outside failed; trying again may help."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One piece of bad data: where it stands and why it was left out. The rest of its file was read."""

    source: str
    """The file (or URL) as the user named it."""
    place: str
    """Where in it, e.g. `line 17`, `row 4`, `key theft[0].address`."""
    key: str
    """The sentence in the text catalogue."""
    fields: dict[str, Field] = field(default_factory=dict)
