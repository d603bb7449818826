"""An incident's thefts as they stand on ledgers: checked, and as a case file that `qiyafa trace` reads."""

import json
from collections.abc import Iterator

from qiyafa.chains import find_chain
from qiyafa.model.case import Theft
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError
from qiyafa.model.incident import Incident
from qiyafa.text import text


def check_thefts(incident: Incident) -> None:
    """Raise InvalidInput for the first theft that no case file could name: a chain, address or hash that is none."""
    for link in incident.thefts:
        theft = link.theft
        try:
            chain = find_chain(theft.chain)
            if theft.address is not None:
                chain.formats.canonical(theft.address)
            for one in theft.transfers + theft.outputs:
                chain.transaction_hash(one.transaction_hash)
        except QiyafaError as error:
            reason = text(error.key, **error.fields)
            raise InvalidInput("entries.problem.theft", id=theft.id, reason=reason) from error


def case_file_of(incident: Incident) -> str:
    """Return the case file. Raises NotFound if no theft of the incident stands on a ledger."""
    if not incident.thefts:
        raise NotFound("incidents.error.no_theft", id=incident.id)
    lines = ["[case]", f"id = {_quoted(incident.id)}", f"title = {_quoted(incident.title)}"]
    for link in incident.thefts:
        lines += ["", "[[theft]]", *_theft(link.theft), f"note = {_quoted(link.source)}"]
    return "\n".join(lines) + "\n"


def _theft(theft: Theft) -> Iterator[str]:
    yield f"id = {_quoted(theft.id)}"
    yield f"chain = {_quoted(theft.chain)}"
    if theft.address is not None:
        yield f"address = {_quoted(theft.address)}"
        yield f"from_block = {theft.from_block}"
    if theft.transfers:
        yield _listed("transfers", [(one.transaction_hash, "position", one.position) for one in theft.transfers])
    if theft.outputs:
        yield _listed("outputs", [(one.transaction_hash, "index", one.index) for one in theft.outputs])
    if theft.asset is not None:
        yield f"asset = {_quoted(theft.asset)}"


def _listed(name: str, items: list[tuple[str, str, int | None]]) -> str:
    tables = (
        f"{{ transaction = {_quoted(transaction)}" + (f", {key} = {number} }}" if number is not None else " }")
        for transaction, key, number in items
    )
    return f"{name} = [{', '.join(tables)}]"


def _quoted(value: str) -> str:
    """Return a TOML string; JSON's escapes are TOML's too, but for the character that deletes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
