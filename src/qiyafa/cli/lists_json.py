"""What `qiyafa lists … --json` prints."""

from collections.abc import Sequence
from dataclasses import asdict

from qiyafa.app.lists import Imported
from qiyafa.app.lists_diff import ListDiff
from qiyafa.app.lists_info import ListsInfo
from qiyafa.model.designation import Designation, ListVersion, Party
from qiyafa.model.errors import Problem
from qiyafa.text import text


def imported_record(one: Imported) -> dict[str, object]:
    """Return what came of one import."""
    return {**_version_record(one.version), "is_new": one.is_new, "problems_found": _problem_records(one.problems)}


def info_record(found: ListsInfo) -> dict[str, object]:
    """Return everything that is known of the lists."""
    lists = [
        {
            "list": one.source.id,
            "authority": one.source.authority,
            "title": one.source.title,
            "publisher": one.source.publisher,
            "licence": one.source.licence,
            "current": one.editions[-1].version.version if one.editions else None,
            "age_days": one.age_days,
            "editions": [{**_version_record(e.version), "smaller_because": e.override} for e in one.editions],
            "problems": _problem_records(one.problems),
        }
        for one in found.lists
    ]
    return {"digest": found.digest, "lists": lists, "built_in": _version_record(found.built_in)}


def diff_record(found: ListDiff) -> dict[str, object]:
    """Return what an edition added, removed and changed."""
    changes: dict[str, object] = {}
    for change in ("added", "removed", "changed"):
        changes[change] = {
            "parties": [_party_record(one) for one in getattr(found, f"parties_{change}")],
            "addresses": [_address_record(one) for one in getattr(found, f"addresses_{change}")],
        }
    return {"old": _version_record(found.old), "new": _version_record(found.new), **changes}


def _version_record(version: ListVersion) -> dict[str, object]:
    return {**asdict(version), "published": version.published.isoformat(), "imported": version.imported.isoformat()}


def _problem_records(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [{**asdict(one), "message": text(one.key, **one.fields)} for one in problems]


def _party_record(one: Party) -> dict[str, object]:
    return {"entry": one.entry, "name": one.name, "kind": one.kind, "aliases": list(one.aliases)}


def _address_record(one: Designation) -> dict[str, object]:
    return {"entry": one.entry, "party": one.party, "address": one.written, "declared": one.declared}
