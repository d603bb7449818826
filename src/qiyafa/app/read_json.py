"""What was read in documents, as JSON: the claims alone, or everything."""

from collections.abc import Iterable

from qiyafa.app.claim_json import claim_object
from qiyafa.app.read import Reading
from qiyafa.text import text


def claim_objects(readings: Iterable[Reading]) -> list[dict[str, object]]:
    """Return the claims of all documents in one array, each with the document it stands in."""
    return [
        {**claim_object(claim), "file": str(reading.path), "document_sha256": reading.document.sha256}
        for reading in readings
        for claim in reading.claims
    ]


def reading_object(reading: Reading) -> dict[str, object]:
    """Return everything that was read in one document."""
    document = reading.document
    return {
        "file": str(reading.path),
        "kind": document.kind.value,
        "document_sha256": document.sha256,
        "title": document.title,
        "language": document.language,
        "publisher": reading.publisher,
        "url": document.about.url,
        "day": None if reading.day is None else reading.day.isoformat(),
        "day_from": reading.day_from.value,
        "problems": [
            {"place": one.place, "key": one.key, "message": text(one.key, **one.fields)} for one in document.problems
        ],
        "claims": [claim_object(claim) for claim in reading.claims],
        "addresses": [
            {
                "text": one.text,
                "start": one.start,
                "end": one.end,
                "chains": list(one.chains),
                "identity": str(one.identity),
            }
            for one in reading.addresses
        ],
        "hashes": [
            {"text": one.text, "start": one.start, "end": one.end, "kind": one.kind.value, "hash": one.hash}
            for one in reading.hashes
        ],
        "names": [
            {
                "text": one.text,
                "start": one.start,
                "end": one.end,
                "kind": one.kind.value,
                "id": one.id,
                "name": one.name,
            }
            for one in reading.names
        ],
    }
