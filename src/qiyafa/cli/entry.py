"""The very beginning of a command line: the language, before any text is asked for."""

import sys

from qiyafa.app.settings import LANGUAGE_VARIABLE, language_variable
from qiyafa.text import ENGLISH, LANGUAGES, speak, text

OPTION = "--language"
_INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process, in the language that `--language` or the environment names."""
    chosen, arguments, named_by = _language(sys.argv[1:])
    if chosen not in LANGUAGES:
        message = text("cli.error.language", language=chosen, named_by=named_by, languages=", ".join(LANGUAGES))
        sys.stderr.write(f"qiyafa: {message}\n")
        sys.exit(2)
    speak(chosen)
    sys.argv[1:] = arguments
    try:
        # Help texts are made when the commands are imported.
        from qiyafa.cli.shell import main as run

        run()
    except KeyboardInterrupt:
        # Before the first command could see it, or while the last words are written.
        sys.exit(_INTERRUPTED)


def _language(arguments: list[str]) -> tuple[str, list[str], str]:
    """Return the language, the arguments without it, and where it was named. It stands before the command."""
    first = arguments[0] if arguments else ""
    if first == OPTION and len(arguments) > 1:
        return arguments[1], arguments[2:], OPTION
    if first.startswith(f"{OPTION}="):
        return first.removeprefix(f"{OPTION}="), arguments[1:], OPTION
    return language_variable() or ENGLISH, arguments, LANGUAGE_VARIABLE
