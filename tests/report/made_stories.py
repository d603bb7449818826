"""Random stories of stolen units, for properties that must hold for every one of them."""

from hypothesis import strategies as st
from tests.report.made_content import ETHER, TOKEN, Story, address

from qiyafa.model.finding import Fate

_STEPS = st.tuples(
    st.sampled_from(["move", "move", "move", "stop", "fee", "untraced"]),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 10**24),
    st.sampled_from(["a", "b"]),
    st.sampled_from([ETHER, TOKEN]),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw a story with two thefts, two assets and any transfers among a dozen addresses and two stops."""
    story = Story()
    story.claim(address(1), draw(st.integers(1, 10**30)), "a")
    story.claim(address(draw(st.integers(1, 3))), draw(st.integers(1, 10**30)), "b")
    story.claim(address(2), draw(st.integers(1, 10**30)), "b", TOKEN)
    for what, source, target, units, theft, asset in draw(st.lists(_STEPS, max_size=40)):
        at, to = address(source), address(target)
        if what == "move":
            story.move(at, to, units, theft=theft, asset=asset)
        elif what == "stop":
            story.stop(at, address(50 + target % 2), units, "mixer: m", theft, asset)
        elif what == "fee":
            story.fee(at, units, theft, asset)
        else:
            story.move(at, to, units, Fate.BEYOND_HOPS, theft, asset)
    return story
