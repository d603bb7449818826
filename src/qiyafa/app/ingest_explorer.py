"""Take the histories of some addresses, and no others, from an explorer into a ledger."""

from collections.abc import Sequence
from pathlib import Path

from qiyafa.app.ingest import Ingested, ingest_reading
from qiyafa.app.pull_sources import SourceRequest, open_source
from qiyafa.chains.http_client import BadAnswerError, LimitReachedError
from qiyafa.chains.readers import READERS
from qiyafa.chains.readers.history import joined_readings
from qiyafa.chains.readers.reading import OutputsReading, Reading
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.model.ports import Progress, silent
from qiyafa.text import text


def ingest_histories(
    source: SourceRequest, addresses: Sequence[str], chain: str, ledger: Path, *, progress: Progress = silent
) -> Ingested:
    """Take the histories of addresses into a ledger, which is made if it is missing. Answers are kept as by a pull.

    Raises InvalidInput for what is no address of the chain, Unavailable if the source fails or a limit is reached.
    """
    found = READERS[source.name].chain(chain)
    wanted = list(dict.fromkeys(found.formats.canonical(address) for address in addresses))
    if not wanted:
        raise InvalidInput("pull.error.no_address")
    try:
        with open_source(source, found, (), ledger) as opened:

            def read(scratch: Path) -> Reading | OutputsReading:
                readings = []
                for number, address in enumerate(wanted):
                    progress("pull.stage.histories", number, len(wanted))
                    folder = scratch / f"{number:06}"
                    folder.mkdir()
                    readings.append(opened.histories.read(address, folder).reading)
                return joined_readings(readings)

            return ingest_reading(found, ledger, read, progress=progress)
    except BadAnswerError as bad:
        raise Unavailable("pull.error.answer", url=source.url, reason=text(bad.key, **bad.fields)) from bad
    except LimitReachedError as reached:
        raise Unavailable("pull.error.limit", limit=reached.limit) from reached
