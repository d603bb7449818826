"""A real PostgreSQL server for tests: made in a folder of its own, reached by a socket in it, stopped by its id."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


@dataclass(frozen=True)
class PostgresServer:
    """A running server with one superuser, `postgres`."""

    folder: Path
    process: int

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def made_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)


def postgres_programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`, which Debian keeps off the path; None if there is none."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None


@contextmanager
def running_postgres(programs: Path) -> Iterator[PostgresServer]:
    """Make a server and stop it, and remove its folder, when the block ends."""
    # Below /tmp, as the path of a socket may have no more than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="qiyafa-pg-", dir="/tmp"))
    account = _account()
    data = folder / "data"
    try:
        if account:
            os.chown(folder, pwd.getpwnam(account["user"]).pw_uid, -1)
        made = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(made, check=True, capture_output=True, timeout=SECONDS_TO_START, cwd="/", **account)
        # Only processes are killed here, never the machine, so the server need not wait for the disk.
        options = [f"unix_socket_directories={folder}", "listen_addresses=", "fsync=off", "max_connections=60"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *(part for option in options for part in ("-c", option))],
                stdout=log, stderr=log, cwd="/", **account,
            )  # fmt: skip
        try:
            _wait(server, folder)
            yield PostgresServer(folder, server.pid)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(SECONDS_TO_STOP)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> dict[str, str]:
    """Return who runs the server: `initdb` refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody"}


def _wait(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    import psycopg

    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        assert server.poll() is None, (folder / "log").read_text(errors="replace")
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError((folder / "log").read_text(errors="replace"))
