"""OASIS's own TAXII server, medallion, in a process of its own: two collections in memory, stopped by its id."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "analyst", "a-password-of-the-test"
INBOX = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SECONDS_TO_START = 30

_CONFIGURED = """
import sys
from medallion import application_instance, register_blueprints, set_config
import json
configuration = json.load(open(sys.argv[1]))
for name in ("users", "taxii", "backend"):
    set_config(application_instance, name, configuration)
register_blueprints(application_instance)
application_instance.run("127.0.0.1", int(sys.argv[2]), debug=False, threaded=False)
"""


@contextmanager
def running_medallion(page: int = 100) -> Iterator[str]:
    """Give the address of a server with one empty collection, `INBOX`."""
    with tempfile.TemporaryDirectory(prefix="qiyafa-medallion-") as folder:
        data, configuration = Path(folder) / "data.json", Path(folder) / "config.json"
        port = _free_port()
        data.write_text(json.dumps(_data(port)))
        backend = {
            "module": "medallion.backends.memory_backend",
            "module_class": "MemoryBackend",
            "filename": str(data),
        }
        users = {USER: PASSWORD}
        configuration.write_text(json.dumps({"users": users, "taxii": {"max_page_size": page}, "backend": backend}))
        command = [sys.executable, "-c", _CONFIGURED, str(configuration), str(port)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}/taxii2/"
        finally:
            process.kill()
            process.wait(SECONDS_TO_START)


def _data(port: int) -> dict[str, object]:
    collection = {
        "id": INBOX,
        "title": "Inbox",
        "can_read": True,
        "can_write": True,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": [],
        "manifest": [],
    }
    url = f"http://127.0.0.1:{port}/root/"
    information = {"title": "A root", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 9765625}
    return {
        "/discovery": {"title": "medallion", "default": url, "api_roots": [url]},
        "root": {"information": information, "status": [], "collections": [collection]},
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError
