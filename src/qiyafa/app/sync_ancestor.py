"""Where two histories part: the last stored block that a node still has, found by walking back stored hashes."""

from collections.abc import Callable, Sequence

NOWHERE = -1


def common_ancestor(stored: Sequence[tuple[int, str]], hash_at: Callable[[int], str | None]) -> int:
    """Return the index of the last stored block (number, hash) that the other history has too, or NOWHERE.

    Blocks below a common one are common too, so the walk back doubles its steps, then halves the rest: 100 blocks
    deep costs some 14 questions. Stored blocks may have gaps; the other history may be the shorter one.
    """

    def is_common(index: int) -> bool:
        number, stored_hash = stored[index]
        return hash_at(number) == stored_hash

    common, differs, step = len(stored) - 1, len(stored), 1
    while common > NOWHERE and not is_common(common):
        differs = common
        common = max(common - step, NOWHERE)
        step *= 2
    while differs - common > 1:
        middle = (common + differs) // 2
        if is_common(middle):
            common = middle
        else:
            differs = middle
    return common
