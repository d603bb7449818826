"""A node that lies: it asks an honest one and changes the answer on its way."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from support.post_server import Said, posting

Change = Callable[[bytes], bytes]
_JSON = {"content-type": "application/json"}


@dataclass
class LyingNode:
    """A running proxy. What it does to answers may be changed while it runs."""

    url: str = ""
    change: Change = field(default=lambda body: body)
    """From the body of an honest answer to what is said instead."""
    asked: list[Any] = field(default_factory=list)
    """Every request, as parsed JSON."""

    def methods(self) -> list[str]:
        """Return the methods that were asked for."""
        calls = [call for body in self.asked for call in (body if isinstance(body, list) else [body])]
        return [str(call["method"]) for call in calls]


@contextmanager
def lying(honest_url: str) -> Iterator[LyingNode]:
    """Run a proxy before a node for as long as the block lasts."""
    node = LyingNode()

    def answer(request: bytes) -> Said:
        node.asked.append(json.loads(request))
        return Said(node.change(honest.post(honest_url, content=request, headers=_JSON).content))

    with httpx.Client(timeout=60, trust_env=False) as honest, posting(answer) as url:
        node.url = url
        yield node


def changing(change: Callable[[Any, Any], Any]) -> Change:
    """Return a change of results: it is given each result with its id and returns another."""

    def changed(body: bytes) -> bytes:
        answers = json.loads(body)
        for answer in answers if isinstance(answers, list) else [answers]:
            if "result" in answer:
                answer["result"] = change(answer["id"], answer["result"])
        return json.dumps(answers).encode()

    return changed
