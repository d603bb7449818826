"""Does the service answer in time, and does it ever say something wrong? A real `qiyafa serve` at fixed rates.

    python benchmarks/speed/screen_http.py --data ../shared/data --json

The service is a process of its own; the generator is another, on the same machine. Requests leave by a clock, not when
an answer comes, and the time of an answer counts from the moment at which its request was due: a slow answer does not
make the generator wait (no coordinated omission). The generator knows the right answers: addresses of the list in the
spellings that their chain accepts, look-alikes of them, and random ones. Not measured: a network, TLS, a ledger.
"""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, keep, machine

CONNECTIONS = 256
SEED = 20_240_927
SHED = ("busy", "too_many", "out_of_time")
"""The problems by which load is refused; any other 503 is an answer that could not be given."""


@dataclass
class Question:
    """One address and the right answer."""

    address: str
    verdict: str


@dataclass
class Answered:
    """One request and what came back, read only after the run: the generator must not be what is slow."""

    question: Question
    seconds: float
    """From the moment at which the request was due."""
    head: bytes
    body: bytes


@dataclass
class Counted:
    """What came back, judged."""

    seconds: list[float] = field(default_factory=list)
    shed: int = 0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def questions(data: Path, count: int) -> list[Question]:
    """A third listed, a third look-alikes with the same first and last six characters, a third random."""
    chance = random.Random(SEED)
    listed = sorted({line.strip() for line in (data / "sanctioned_addresses_ETH.txt").read_text().splitlines()} - {""})
    found = []
    for number in range(count):
        one = chance.choice(listed)
        if number % 3 == 0:
            spelling = chance.choice([one, one.lower(), "0x" + one[2:].upper()])
            found.append(Question(spelling, "hit"))
        elif number % 3 == 1:
            middle = "".join(chance.choices("0123456789abcdef", k=30))
            found.append(Question((one[:6] + middle + one[-6:]).lower(), "no_hit"))
        else:
            found.append(Question("0x" + chance.randbytes(20).hex(), "no_hit"))
    return found


class Connection(asyncio.Protocol):
    """One connection that asks one question at a time, and takes the next one that waits."""

    def __init__(self, generator: "Generator") -> None:
        self.generator = generator
        self.received = b""
        self.asked: tuple[Question, float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to send."""
        self.transport: Any = transport

    def ask(self, question: Question, due: float) -> None:
        """Send a request."""
        self.asked, self.received = (question, due), b""
        self.transport.write(f"GET /api/v1/screen/{question.address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; when it is whole, take the next question."""
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if end and self.asked and len(body) >= int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0]):
            question, due = self.asked
            self.asked = None
            self.generator.take(self, Answered(question, time.perf_counter() - due, head, body))

    def connection_lost(self, error: Exception | None) -> None:
        """Count a question that was never answered."""
        if self.asked:
            self.generator.lost += 1


class Generator:
    """Sends requests by the clock, whatever comes back."""

    def __init__(self) -> None:
        self.idle: deque[Connection] = deque()
        self.waiting: deque[tuple[Question, float]] = deque()
        self.answers: list[Answered] = []
        self.lost = 0

    async def run(self, port: int, rate: int, seconds: float, asked: list[Question]) -> Counted:
        """Offer a rate for some seconds, wait for the last answer, and judge all."""
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _, connection = await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
            self.idle.append(connection)
        count, begin = int(rate * seconds), time.perf_counter() + 0.2
        for number in range(count):
            due = begin + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self.ask(asked[number % len(asked)], due)
        while len(self.answers) + self.lost < count:
            await asyncio.sleep(0.01)
        for connection in self.idle:
            connection.transport.close()
        return judged(self.answers, self.lost)

    def ask(self, question: Question, due: float) -> None:
        """Ask over a free connection, or let the question wait for one; its time runs."""
        if self.idle:
            self.idle.popleft().ask(question, due)
        else:
            self.waiting.append((question, due))

    def take(self, connection: Connection, answered: Answered) -> None:
        """Keep an answer, and give its connection the next question."""
        self.answers.append(answered)
        if self.waiting:
            connection.ask(*self.waiting.popleft())
        else:
            self.idle.append(connection)


def judged(answers: list[Answered], lost: int) -> Counted:
    """Compare every answer with the right one."""
    counted = Counted(errors=["a connection was lost"] * lost)
    for one in answers:
        status, body = int(one.head.split()[1]), json.loads(one.body)
        kind = str(body.get("type", "")).rpartition(".")[2]
        if status in (429, 503) and kind in SHED and b"retry-after" in one.head.lower():
            counted.shed += 1
        elif status != 200:
            counted.errors.append(f"{status} {body}")
        else:
            counted.seconds.append(one.seconds)
            if (body["verdict"], body["address"]) != (one.question.verdict, one.question.address):
                counted.wrong.append(f"{one.question} got {body['verdict']}")
    return counted


def offer(port: int, rate: int, seconds: float, asked: list[Question]) -> Counted:
    """Offer a rate for some seconds."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(Generator().run(port, rate, seconds, asked))


def row(rate: int, seconds: float, counted: Counted) -> dict[str, Any]:
    """The figures of one rate."""
    cuts = statistics.quantiles(counted.seconds, n=1000) if len(counted.seconds) > 1 else [0.0] * 999
    return {
        "name": f"`GET /api/v1/screen/…` at {rate}/s for {seconds:g} s",
        "rate": rate,
        "answered": len(counted.seconds),
        "shed": counted.shed,
        "errors": len(counted.errors),
        "wrong": len(counted.wrong),
        "p50_seconds": cuts[499],
        "p95_seconds": cuts[949],
        "p99_seconds": cuts[989],
        "most_seconds": max(counted.seconds, default=0.0),
    }


def qiyafa(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    """Start qiyafa in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "qiyafa", *arguments], text=True, **more)


def main() -> None:
    """Measure and print; with --json keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rates", type=int, nargs="+", default=[300, 900])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    lists = options.data / "sanctions"
    with tempfile.TemporaryDirectory() as home:
        # The list counts as fresh: what is measured is whether an address is on it, not how old it is.
        published = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        imported = qiyafa("lists", "import", "ofac-addresses", str(lists), "--published", published, "--home", home)
        if imported.wait() not in (0, 1):
            raise SystemExit("the list cannot be imported")
        server = qiyafa("serve", "--home", home, "--port", "0", "--json", stdout=subprocess.PIPE)
        try:
            assert server.stdout is not None
            port = int(json.loads(server.stdout.readline())["url"].rpartition(":")[2])
            asked = questions(lists, 30_000)
            offer(port, 100, 2.0, asked)
            rows = []
            for rate in options.rates:
                counted = offer(port, rate, options.seconds, asked)
                rows.append(row(rate, options.seconds, counted))
                print(json.dumps(rows[-1]))
                print(*(counted.wrong + counted.errors)[:5], sep="\n", end="")
        finally:
            server.terminate()
            code = server.wait(timeout=60)
    result = {"rows": rows, "exit_code": code, "commit": commit(), "machine": machine()}
    if options.json:
        keep("screen_http", result)


if __name__ == "__main__":
    main()
