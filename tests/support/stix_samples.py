"""STIX objects made up for tests of exchanges."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

NAMESPACE = uuid.UUID("c2b0b1c4-8a3e-4d8e-8a55-0d0e3a4b7a10")
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def identity(number: int, *, version: int = 0, marking: str = CLEAR, **more: Any) -> dict[str, Any]:
    """An object with versions of its own."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{uuid.uuid5(NAMESPACE, f'identity {number}')}",
        "created": written(BEGIN),
        "modified": written(BEGIN + timedelta(days=version)),
        "name": f"거래소 {number} تبادل",
        "identity_class": "organization",
        "object_marking_refs": [marking],
        **more,
    }


def observable(number: int, **more: Any) -> dict[str, Any]:
    """An object without times."""
    return {
        "type": "domain-name",
        "spec_version": "2.1",
        "id": f"domain-name--{uuid.uuid5(NAMESPACE, f'domain {number}')}",
        "value": f"host-{number}.example",
        **more,
    }


def mixed(count: int) -> list[dict[str, Any]]:
    """Objects of both kinds."""
    return [observable(number) if number % 3 else identity(number) for number in range(count)]


def envelope(*objects: dict[str, Any]) -> bytes:
    return json.dumps({"objects": list(objects)}, ensure_ascii=False).encode()


def canonical(objects: Any) -> list[str]:
    """Objects as texts that are equal if the objects are."""
    return sorted(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in objects)
