"""The bars of the sources as an SVG file that stands alone."""

from decimal import Decimal

import defusedxml.ElementTree as ElementTree

from qiyafa.report.bar_chart import Bar, BarGroup, draw_bars, scale_of

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = [
    BarGroup("2022", [Bar("A & <b>", Decimal(100), "100"), Bar("Old", Decimal(50), "50", "replaced")]),
    BarGroup("2023", [Bar("\u202eevil", Decimal(25), "25 or more", "own", is_open=True), Bar("None", Decimal(0), "0")]),
]


def test_the_chart_is_whole_and_says_everything_in_words() -> None:
    drawn = draw_bars(GROUPS, "The title", "What it shows", [(at, str(at)) for at in scale_of(GROUPS)])
    root = ElementTree.fromstring(drawn)
    assert (root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text) == ("The title", "What it shows")
    assert root.attrib["aria-labelledby"] == "chart-title chart-desc"
    titles = [one.text for one in root.iter(f"{SVG}title")]
    assert titles == ["The title", "A & <b>: 100", "Old: 50", "\\u{202e}evil: 25 or more", "None: 0"]


def test_nothing_in_it_runs_or_comes_from_outside() -> None:
    drawn = draw_bars(GROUPS, "t", "d", [])
    tags = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(drawn).iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "polygon", "g", "text", "line"}
    assert drawn.count("http") == 1, "but for the name of the format"


def test_bars_are_as_long_as_their_values() -> None:
    root = ElementTree.fromstring(draw_bars(GROUPS, "t", "d", []))

    def length(points: str) -> float:
        left, right = (float(point.split(",")[0]) for point in points.split()[:2])
        return right - left

    first, second, *_ = [length(one.attrib["points"]) for one in root.iter(f"{SVG}polygon")]
    assert abs(first - 2 * second) < 0.2


def test_the_axis_has_round_marks_up_to_the_largest() -> None:
    assert scale_of(GROUPS) == [Decimal(at) for at in (0, 20, 40, 60, 80, 100)]
