"""Finding where two histories part, from stored hashes alone."""

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.app.sync_ancestor import NOWHERE, common_ancestor


@given(
    numbers=st.sets(st.integers(0, 400), max_size=60).map(sorted),
    parting=st.integers(-1, 400),
    their_length=st.integers(0, 450),
)
def test_the_last_common_stored_block_is_found(numbers, parting, their_length):
    """Stored blocks may be sparse, the other history shorter, the parting anywhere."""
    stored = [(number, f"a{number}") for number in numbers]

    def theirs(number: int) -> str | None:
        if number >= their_length:
            return None
        return f"a{number}" if number <= parting else f"b{number}"

    common = [at for at, number in enumerate(numbers) if number <= parting and number < their_length]
    assert common_ancestor(stored, theirs) == (common[-1] if common else NOWHERE)


def test_a_deep_walk_asks_few_questions():
    asked = []

    def theirs(number: int) -> str | None:
        asked.append(number)
        return "same" if number < 900 else "other"

    assert common_ancestor([(number, "same") for number in range(1000)], theirs) == 899
    assert len(asked) <= 16


def test_nothing_stored_has_no_ancestor():
    assert common_ancestor([], lambda number: "x") == NOWHERE
