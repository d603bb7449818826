"""Put a traced case into the report: flows in sums, readable units, names of addresses."""

from qiyafa.app.trace import TracedCase
from qiyafa.model.asset import AssetUnit
from qiyafa.report.content import ReportContent
from qiyafa.report.flow_summary import summarise
from qiyafa.report.html import render_report
from qiyafa.text import text


def report_html(traced: TracedCase, command: str) -> str:
    """Return the report of a traced case as one HTML document."""
    method = traced.main_method
    claims = tuple(traced.claims(method))
    return render_report(
        ReportContent(
            answer=traced.answer,
            case=traced.case,
            main_method=method,
            flows=summarise(traced.case, claims, traced.flows(method)),
            claims=claims,
            assets={asset: AssetUnit(symbol, decimals) for asset, (symbol, decimals) in traced.display.items()},
            names=_names(traced),
            command=command,
        )
    )


def _names(traced: TracedCase) -> dict[str, str]:
    """Name the addresses that the case speaks of, and holders that labels name."""
    names = {stop.address: stop.reason for stop in traced.case.stops}
    for theft in traced.case.thefts:
        if theft.address is not None:
            names.setdefault(theft.address, text("case.theft_name", id=theft.id))
    for (_, address), label in traced.answer.labels.items():
        names.setdefault(address, f"{label.category}: {label.entity or label.name}")
    return names
