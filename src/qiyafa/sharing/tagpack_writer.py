"""GraphSense TagPacks out: files that GraphSense's own tools read and validate, and that come back without loss."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from qiyafa.model.label import Label
from qiyafa.sharing.concepts import CONCEPTS, concept_of
from qiyafa.sharing.extension import with_extension
from qiyafa.sharing.tagpack import HEADER_FIELDS, TAG_FIELDS, PackReading, as_boolean, tag_statement
from qiyafa.sharing.yaml_text import is_yaml_date, yaml_text

NO_CHAIN: Final = "unknown"
"""The currency of a label whose chain is not known, as GraphSense wants one."""
_QUOTED: Final = frozenset(TAG_FIELDS) - {"is_cluster_definer", "lastmod", "concepts"}

Header = tuple[tuple[str, str], ...]
Ticker = Callable[[str], str]
"""From a chain (CAIP-2) to the ticker under which packs name it."""


def packs_of(labels: Iterable[Label], creator: str) -> dict[Header, list[Label]]:
    """Return labels by the header of their pack; those that came from no pack have one of their source's name."""
    packs: dict[Header, list[Label]] = {}
    for label in labels:
        header = {name: label.details[f"pack.{name}"] for name in HEADER_FIELDS if f"pack.{name}" in label.details}
        if "title" not in header:
            header = {"title": label.source.strip() or creator, "creator": creator}
        header.setdefault("creator", creator)
        packs.setdefault(tuple(header.items()), []).append(label)
    return packs


def write_tagpack(header: Header, labels: Iterable[Label], reading: PackReading, ticker: Ticker) -> Iterator[str]:
    """Yield the text of a TagPack, piece by piece; `reading` is how it will be read."""
    for name, value in header:
        written = as_boolean(value)
        yield f"{name}: {yaml_text(value) if name != 'is_public' or written is None else str(written).lower()}\n"
    yield "tags:\n"
    for label in labels:
        fields = _fields(label, ticker)
        plain = tag_statement({**dict(header), **fields}, reading)
        if isinstance(plain, str) or any(getattr(label, name) != value for name, value in plain.items()):
            known = {} if isinstance(plain, str) else plain
            fields["context"] = with_extension(fields.get("context", ""), label, known)
        yield f"- address: {yaml_text(label.written)}\n"
        yield "".join(f"  {name}: {_written(name, value)}\n" for name, value in fields.items())


def _fields(label: Label, ticker: Ticker) -> dict[str, str]:
    """Return the fields of a tag that say what a label says, as far as they can."""
    chain = NO_CHAIN if label.chain is None else ticker(label.chain)
    kept = {name: label.details[f"tag.{name}"] for name in TAG_FIELDS if f"tag.{name}" in label.details}
    fields = {
        "label": label.name,
        "source": label.source_url or label.source or NO_CHAIN,
        "confidence": label.confidence,
        "is_cluster_definer": str(label.is_cluster_definer).lower(),
    }
    fields |= {"currency": chain, "category": concept_of(label.category)} if "currency" not in kept else {}
    return fields | {name: value for name, value in kept.items() if _is_valid(name, value)}


def _is_valid(name: str, value: str) -> bool:
    """Tell whether GraphSense takes a field; what it would refuse goes into the context instead."""
    if name == "lastmod":
        return is_yaml_date(value)
    if name in ("category", "abuse"):
        return value in CONCEPTS
    if name == "concepts":
        return value.startswith("[") and all(one in CONCEPTS for one in json.loads(value))
    return bool(value.strip())


def _written(name: str, value: str) -> str:
    if name == "concepts":
        return f"[{', '.join(yaml_text(one) for one in json.loads(value))}]"
    return yaml_text(value) if name in _QUOTED else value
