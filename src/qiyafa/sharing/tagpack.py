"""GraphSense TagPacks in: a YAML file of attribution tags, whose header gives the fields that its tags leave out.

The schema is GraphSense's (`tagpack_schema.yaml` of graphsense-lib 2.18). What a tag says beyond a label's fields is
kept in `details` under `tag.<field>`, what the header says under `pack.<field>`, so that it can be given back.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import CONFIDENCES, Tlp
from qiyafa.model.ports import AddressReader
from qiyafa.sharing.actorpack import Actors
from qiyafa.sharing.concepts import Meaning, meaning
from qiyafa.sharing.extension import EXTENSION, extended
from qiyafa.sharing.label_draft import (
    GRADES,
    LONGEST_DETAIL,
    LONGEST_TEXT,
    Drafting,
    LabelsRead,
    Statement,
    quoted,
    risk_of,
    text_problem,
)
from qiyafa.sharing.strict_yaml import Plain, Table, Value
from qiyafa.sharing.yaml_text import is_yaml_date

HEADER_FIELDS: Final = ("title", "creator", "description", "owner", "is_public")
TAG_FIELDS: Final = (
    "label",
    "source",
    "currency",
    "network",
    "context",
    "confidence",
    "is_cluster_definer",
    "lastmod",
    "category",
    "abuse",
    "address",
    "tx_hash",
    "actor",
    "concepts",
    "tag_type",
)
_LONG_FIELDS: Final = frozenset({"context", "description"})
_NATIVE: Final = frozenset({"label", "source", "confidence", "is_cluster_definer", "address", "tx_hash"})
"""Fields of a tag that a label has, so that they are not kept among its details."""
_BOOLEANS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class PackReading:
    """How packs are read."""

    reader: AddressReader
    actors: Actors
    tlp: Tlp = Tlp.CLEAR
    source_url: str = ""
    """Where a pack was published, for tags that name no source."""


def is_tagpack(top: Table) -> bool:
    """Tell whether a document is a TagPack."""
    return "tags" in top


def read_tagpack(top: Table, source: str, reading: PackReading) -> LabelsRead:
    """Return the labels of a TagPack. A bad tag is a problem; a bad header refuses the pack by InvalidInput."""
    read = LabelsRead(source)
    tags = top["tags"]
    if not isinstance(tags, list):
        raise InvalidInput("labels.pack.tags", file=source)
    pack = _Pack(reading, read, _header(top, source, read), Drafting(reading.reader, read))
    for tag in tags:
        pack.add(tag)
    return read.closed()


def _header(top: Table, source: str, read: LabelsRead) -> Fields:
    """Return the fields of the header. Raises InvalidInput for a repeated one or one of a wrong type."""
    if top.repeated:
        raise InvalidInput("labels.pack.repeated", file=source, line=top.line, key=quoted(top.repeated))
    header: Fields = {}
    for name, value in top.items():
        if name == "tags":
            continue
        if name not in HEADER_FIELDS and name not in TAG_FIELDS:
            read.note("line 1", "labels.problem.unknown_field", name)
            continue
        written = _written(name, value)
        if written is None or text_problem(written, _longest(name)):
            raise InvalidInput("labels.pack.header", file=source, key=quoted(name))
        header[name] = written
    return header


def _longest(name: str) -> int:
    return LONGEST_DETAIL if name in _LONG_FIELDS else LONGEST_TEXT


def _written(name: str, value: Value) -> str | None:
    """Return a field as a text, or None if it has another type; a list of concepts and a table of context as JSON."""
    if isinstance(value, str):
        return value
    if name == "concepts" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return json.dumps(value, ensure_ascii=False)
    if name == "context" and isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return None


@dataclass(slots=True)
class _Pack:
    """One pack while its tags are read."""

    reading: PackReading
    read: LabelsRead
    header: Fields
    drafting: Drafting
    statements: dict[tuple[tuple[str, str], ...], dict[str, Any] | str] = field(default_factory=dict)
    """By the fields of a tag without its address: most tags of a pack say the same of many addresses."""

    def add(self, tag: Value) -> None:
        """Read one tag."""
        if not isinstance(tag, Table):
            self.read.leave_out("tags", "labels.problem.no_table")
            return
        place = f"line {tag.line}"
        if tag.repeated:
            self.read.leave_out(place, "labels.problem.repeated", key=quoted(tag.repeated))
            return
        fields = self._fields(tag, place)
        if fields is None:
            return
        address = fields.pop("address", "")
        if not address:
            key = "labels.problem.transaction" if "tx_hash" in fields else "labels.problem.no_address"
            self.read.leave_out(place, key)
            return
        statement = self._statement(fields, place)
        if isinstance(statement, str):
            self.read.leave_out(place, statement)
            return
        self.drafting.add(place, address, fields.get("network") or fields.get("currency", ""), statement)

    def _fields(self, tag: Table, place: str) -> Fields | None:
        """Return the fields of a tag with those of the header, or None after noting what is wrong with one."""
        fields = dict(self.header)
        for name, value in tag.items():
            if name not in TAG_FIELDS:
                self.read.note(place, "labels.problem.unknown_field", name)
                continue
            written = _written(name, value)
            if written is None:
                self.read.leave_out(place, "labels.problem.type", key=name)
                return None
            if name in ("address", "tx_hash") and isinstance(value, Plain) and value[:2].lower() == "0x":
                self.read.leave_out(place, "labels.problem.unquoted", address=quoted(value))
                return None
            problem = text_problem(written, _longest(name))
            if problem:
                self.read.leave_out(place, problem, key=name)
                return None
            fields[name] = written
        return fields

    def _statement(self, fields: Fields, place: str) -> dict[str, Any] | str:
        """Return what a tag says, or the key of the sentence that says why it cannot be taken."""
        key = tuple(fields.items())
        known = self.statements.get(key)
        if known is None:
            known = self.statements[key] = tag_statement(fields, self.reading)
        if not isinstance(known, str):
            self._note_oddities(fields, place)
        return known

    def _note_oddities(self, fields: Fields, place: str) -> None:
        for name in ("confidence", "source", "currency"):
            if name not in fields:
                self.read.note(place, "labels.problem.missing", name)
        if fields.get("confidence", "unknown") not in CONFIDENCES:
            self.read.note(place, "labels.problem.confidence", fields["confidence"])
        if "category" in fields or "abuse" in fields or "concepts" in fields:
            for concept in meaning(_concepts(fields)).unknown:
                self.read.note(place, "labels.problem.concept", concept)


def tag_statement(fields: Fields, reading: PackReading) -> dict[str, Any] | str:
    """Return the fields of a label that a tag gives, or the key of the sentence that says what is wrong."""
    name = fields.get("label", "").strip()
    if not name:
        return "labels.problem.no_name"
    is_definer = as_boolean(fields.get("is_cluster_definer", "false"))
    if is_definer is None:
        return "labels.problem.boolean"
    if "lastmod" in fields and not is_yaml_date(fields["lastmod"]):
        return "labels.problem.date"
    if "context" in fields and EXTENSION in fields["context"]:
        return extended(_plain(fields, name, is_definer, reading), fields["context"])
    return _plain(fields, name, is_definer, reading).fields()


def _plain(fields: Fields, name: str, is_definer: bool, reading: PackReading) -> Statement:
    """Return what a tag says by the fields of the schema alone."""
    actor = fields.get("actor", "")
    said = _said(fields, actor, reading.actors)
    confidence = fields.get("confidence", "unknown")
    confidence = confidence if confidence in CONFIDENCES else "unknown"
    category = said.category or Category.OTHER
    publisher = ": ".join(part for part in (fields.get("creator", ""), fields.get("title", "")) if part)
    url = fields.get("source", "") or reading.source_url
    return Statement(
        name=name,
        entity=reading.actors.name_of(actor),
        category=category,
        risk=risk_of(category),
        routing=said.routing,
        confidence=confidence,
        grade=GRADES[confidence],
        source=publisher or url,
        source_url=url,
        origin=url or publisher,
        tlp=reading.tlp,
        is_cluster_definer=is_definer,
        details=dict(_details(fields)),
    )


def _said(fields: Fields, actor: str, actors: Actors) -> Meaning:
    """Return what the concepts of a tag mean, or those of its actor where its own say nothing."""
    own = meaning(_concepts(fields), actor)
    return actors.meaning_of(actor) if own.category is None and actor else own


def _concepts(fields: Fields) -> Iterator[str]:
    """Yield every concept that a tag names."""
    for name in ("category", "abuse"):
        if fields.get(name):
            yield fields[name]
    written = fields.get("concepts", "")
    if written.startswith("["):
        yield from json.loads(written)
    elif written:
        yield written


def _details(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if name in HEADER_FIELDS:
            yield f"pack.{name}", value
        elif name not in _NATIVE:
            yield f"tag.{name}", value


def as_boolean(written: str) -> bool | None:
    """Return what YAML takes for a boolean, or None for any other text."""
    return _BOOLEANS.get(written.lower())
