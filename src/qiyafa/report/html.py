"""The report of a trace as one HTML file that needs nothing else: no network, no fonts, no scripts from outside.

The same content gives the same bytes. Everything can be read without scripts. A content security policy allows the
style sheet and the script of this file by their hashes, and nothing else.
"""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources

from qiyafa.report.content import ReportContent
from qiyafa.report.markup import Markup, el, joined, say
from qiyafa.report.sections.check import check_section
from qiyafa.report.sections.flow import flow_section
from qiyafa.report.sections.gaps import gaps_section
from qiyafa.report.sections.headline import headline_section
from qiyafa.report.sections.holders import holders_section
from qiyafa.report.sections.methods import methods_section
from qiyafa.report.sections.timeline import timeline_section
from qiyafa.report.view import View, view_of
from qiyafa.text import direction, language, text

SECTIONS: dict[str, Callable[[View], Markup]] = {
    "answer": headline_section,
    "holders": holders_section,
    "flow": flow_section,
    "timeline": timeline_section,
    "methods": methods_section,
    "gaps": gaps_section,
    "check": check_section,
}
"""In reading order; the key is the anchor, and names the title in the catalogue."""

_SCRIPT_TEXTS = ("copy", "copied", "filter", "sort", "shown")
_LATER = {"shown": "{shown}", "count": "{count}"}
"""Fields that the script fills in."""


def render_report(content: ReportContent) -> str:
    """Return the report of a trace as a whole HTML document."""
    view = view_of(content)
    body = [
        _header(view),
        _contents(),
        el("main", (_section(view, name) for name in SECTIONS)),
        el("footer", el("p", say("report.footer"))),
    ]
    return f"<!doctype html>\n{el('html', _head(view), _body(*body), lang=language(), dir=direction())}\n"


def _head(view: View) -> Markup:
    style = resource("style.css")
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy()),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="generator", content="Qiyafa"),
        el("title", text("report.title", title=view.content.answer.title)),
        el("style", Markup(style)),
    )


def _body(*children: Markup) -> Markup:
    words = {f"data_{name}": text(f"report.script.{name}", **_LATER) for name in _SCRIPT_TEXTS}
    return el("body", *children, el("script", Markup(resource("script.js"))), **words)


def policy() -> str:
    """Return the content security policy of a report."""
    return (
        f"default-src 'none'; style-src 'sha256-{_sha256(resource('style.css'))}'; "
        f"script-src 'sha256-{_sha256(resource('script.js'))}'; base-uri 'none'; form-action 'none'"
    )


@cache
def resource(name: str) -> str:
    """Return a file of this package that goes into every report as it is."""
    return resources.files(__package__ or "qiyafa.report").joinpath(name).read_text(encoding="utf-8")


def _sha256(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _header(view: View) -> Markup:
    answer = view.content.answer
    return el(
        "header",
        el("p", say("report.brand"), class_="brand"),
        el("h1", el("bdi", answer.title or answer.case_id)),
        el("p", say("report.case", case=answer.case_id), class_="quiet"),
    )


def _contents() -> Markup:
    links = (el("li", el("a", say(f"report.section.{name}"), href=f"#{name}")) for name in SECTIONS)
    return el("nav", el("ol", links), aria_label=text("report.contents"))


def _section(view: View, name: str) -> Markup:
    title = el("h2", say(f"report.section.{name}"), id=f"{name}-title")
    return el("section", joined(title, SECTIONS[name](view)), id=name, aria_labelledby=f"{name}-title")
