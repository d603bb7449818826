"""Joins small parts as they come, so that a ledger that grows block by block does not fall into millions of files.

Parts have levels: one of level n has at least FAN_OUT ** n rows. As soon as the parts at the end of a table hold rows
enough for the next level, they become one part. So a table ends in fewer than FAN_OUT parts of each level, and a row
is written again at most once a level.
"""

from collections.abc import Sequence
from typing import Final

from qiyafa.stores.manifest import StoredFile

FAN_OUT: Final = 16


def parts_to_join(parts: Sequence[StoredFile], whole_rows: int) -> int:
    """Return how many parts at the end are to become one; 0 or at least 2. Parts of `whole_rows` rows stay."""
    joined = 0
    size = FAN_OUT
    while size < whole_rows * FAN_OUT:
        count, rows = _tail(parts, min(size, whole_rows))
        if count > 1 and rows >= min(size, whole_rows):
            joined = count
        size *= FAN_OUT
    return joined


def _tail(parts: Sequence[StoredFile], size: int) -> tuple[int, int]:
    """Return how many parts at the end are smaller than a size, and their rows."""
    count, rows = 0, 0
    for part in reversed(parts):
        if part.rows >= size:
            break
        count += 1
        rows += part.rows
    return count, rows
