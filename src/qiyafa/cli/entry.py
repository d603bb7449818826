"""The very beginning of a command line: Ctrl-C from the first moment, and the language before any text is asked for.

Everything else is imported later, so that as little as possible runs before Ctrl-C is heard.
"""

import os
import signal
import sys
from types import FrameType

OPTION = "--language"
_INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process, in the language that `--language` or the environment names."""
    # Whoever starts a process with Ctrl-C ignored (nohup, a job in the background) means it.
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        # While modules are imported an exception would come up in the middle of any of them.
        signal.signal(signal.SIGINT, _stop)
    try:
        _run(is_heard)
    finally:
        if is_heard:
            signal.signal(signal.SIGINT, _stop)


def _run(is_heard: bool) -> None:
    from qiyafa.text import LANGUAGES, speak, text

    chosen, arguments, named_by = _language(sys.argv[1:])
    if chosen not in LANGUAGES:
        message = text("cli.error.language", language=chosen, named_by=named_by, languages=", ".join(LANGUAGES))
        sys.stderr.write(f"qiyafa: {message}\n")
        sys.exit(2)
    speak(chosen)
    sys.argv[1:] = arguments
    # Help texts are made when the commands are imported.
    from qiyafa.cli.shell import main as run

    try:
        if is_heard:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:
        # Before the first command could see it, or while the last words are written.
        sys.exit(_INTERRUPTED)


def _stop(number: int, frame: FrameType | None) -> None:
    """End the process at once: nothing was begun yet, or everything is done."""
    os._exit(_INTERRUPTED)


def _language(arguments: list[str]) -> tuple[str, list[str], str]:
    """Return the language, the arguments without it, and where it was named. It stands before the command."""
    from qiyafa.app.settings import LANGUAGE_VARIABLE, language_variable
    from qiyafa.text import ENGLISH

    first = arguments[0] if arguments else ""
    if first == OPTION and len(arguments) > 1:
        return arguments[1], arguments[2:], OPTION
    if first.startswith(f"{OPTION}="):
        return first.removeprefix(f"{OPTION}="), arguments[1:], OPTION
    return language_variable() or ENGLISH, arguments, LANGUAGE_VARIABLE
