"""The command as a person starts it: real processes, real exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import qiyafa
from qiyafa.cli.shell import ORDER, app

COMMANDS = {info.name for info in app.registered_commands} | {info.name for info in app.registered_groups}


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qiyafa", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"qiyafa {qiyafa.__version__}")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_every_command_and_the_first_one_to_try(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    assert done.stderr == ""
    for name in COMMANDS:
        assert f" {name} " in done.stdout
    assert "   qiyafa demo " in done.stdout


def test_help_waits_for_nothing_heavy() -> None:
    asked = "import sys, qiyafa.cli; print({'numpy', 'numba', 'duckdb', 'pyarrow', 'rich.console'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_help_is_in_the_order_of_an_investigation() -> None:
    assert set(ORDER) == COMMANDS


@pytest.mark.parametrize("command", sorted(str(name) for name in COMMANDS))
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Usage: qiyafa " + command in done.stdout
    if command not in {"ingest", "ledger"}:
        assert done.stdout.count(f"qiyafa {command}") > 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("trace",),
        ("trace", "case.toml"),
        ("trace", "case.toml", "--ledger", "ledger", "--fifo"),
        ("scenario", "--seed", "seven", "--out", "out"),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_one_sentence_and_code_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "--help" in done.stderr


@pytest.mark.parametrize("group", ["ingest", "ledger"])
def test_a_group_without_a_command_shows_its_help_and_says_so(group: str) -> None:
    done = run(group)
    assert done.returncode == 2
    assert f"Usage: qiyafa {group}" in done.stdout
    assert done.stderr == f"qiyafa: A command is missing. See: qiyafa {group} --help\n"


def test_for_programs_a_usage_error_is_json() -> None:
    done = run("trace", "--json")
    error = json.loads(done.stderr)["error"]
    assert done.returncode == 2
    assert (error["kind"], error["key"]) == ("InvalidInput", "cli.error.usage")


def test_a_missing_case_file_is_a_sentence_and_code_2(tmp_path: Path) -> None:
    done = run("trace", str(tmp_path / "none.toml"), "--ledger", str(tmp_path))
    assert done.returncode == 2
    assert "none.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_method_is_named_before_anything_is_read(tmp_path: Path) -> None:
    done = run("trace", str(tmp_path / "none.toml"), "--ledger", str(tmp_path), "--method", "fifo,prorate")
    assert done.returncode == 2
    assert "no method prorate. Did you mean prorata?" in done.stderr


def test_a_full_disk_is_a_sentence_and_code_3() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "qiyafa", "--version"]
    with full.open("w") as stdout:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert "disk is full" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_closed_pipe_ends_quietly() -> None:
    command = f"{sys.executable} -m qiyafa --help | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""


def test_ctrl_c_is_a_sentence_and_code_130(tmp_path: Path) -> None:
    out = tmp_path / "scenario"
    command = [sys.executable, "-m", "qiyafa", "scenario", "--seed", "1", "--out", str(out), "--transfers", "9999999"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 120
        while not (out / "transactions.csv").exists() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, written = process.communicate(timeout=30)
    assert process.returncode == 130
    assert written == "qiyafa: Stopped. The ledger is whole.\n"


INTERRUPTED_IMPORT = """
import builtins, os, signal, sys
real = builtins.__import__
def importing(name, *rest):
    if name == {module!r}:
        builtins.__import__ = real
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest)
builtins.__import__ = importing
from qiyafa.cli import main
main()
"""


@pytest.mark.parametrize("module", ["qiyafa.text", "qiyafa.app.settings", "qiyafa.cli.shell", "typer"])
def test_ctrl_c_while_modules_are_imported_is_code_130_and_no_traceback(module: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED_IMPORT.format(module=module), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (130, "")


def test_ctrl_c_that_was_switched_off_stays_off() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    command = [sys.executable, "-c", ignored + INTERRUPTED_IMPORT.format(module="qiyafa.text"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "PIPE"),
        ("trace", "PIPE", "--ledger", "ledger"),
        ("screen", "--file", "PIPE"),
        ("screen", "0x1", "--rules", "PIPE"),
        ("claims", "check", "PIPE"),
        ("incidents", "import", "PIPE"),
        ("labels", "import", "PIPE"),
        ("share", "misp", "import", "PIPE"),
        ("ingest", "ethereum-etl", "--transactions", "PIPE", "--ledger", "ledger"),
    ],
)
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "qiyafa", *(str(pipe) if one == "PIPE" else one for one in arguments)]
    environment = {**os.environ, "QIYAFA_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path, env=environment
    )
    assert "is a pipe" in done.stderr + done.stdout
    assert done.returncode in (0, 2), "labels are imported file by file, and one that is refused is named"


def test_the_shell_completes_commands() -> None:
    asked = {"_QIYAFA_COMPLETE": "complete_bash", "COMP_WORDS": "qiyafa tr", "COMP_CWORD": "1"}
    assert run(env=os.environ | asked).stdout.split() == ["trace"]
