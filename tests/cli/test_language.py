"""The same command in every language, each as one reads it."""

import subprocess
import sys

import pytest

from qiyafa.text import catalogue, direction, language, speak, text, text_for_terminal

ADDRESS = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"


def run(*arguments: str, environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "qiyafa", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


@pytest.mark.parametrize("tag", ["en", "ar", "ko"])
def test_help_and_errors_speak_the_language(tag: str) -> None:
    first = catalogue(tag)["cli.demo.help"].split()[0]
    assert first in run("--language", tag, "demo", "--help").stdout
    failed = run(f"--language={tag}", "trace", "no.toml", "--ledger", "nowhere")
    assert failed.returncode == 2
    assert catalogue(tag)["case.not_found"].split("{")[0].strip() in failed.stderr


def test_a_language_without_texts_is_one_sentence() -> None:
    failed = run("--language", "xx\x1b[2J", "demo")
    assert failed.returncode == 2
    assert failed.stderr == ("qiyafa: There are no texts in `xx\\x1b[2J` (--language). Languages: en, ar, ko.\n")


def test_an_address_keeps_its_direction_in_an_arabic_sentence() -> None:
    speak("ar")
    try:
        assert (language(), direction()) == ("ar", "rtl")
        fields = {"language": ADDRESS, "named_by": "", "languages": ""}
        assert f"\u2068{ADDRESS}\u2069" in text_for_terminal("cli.error.language", **fields)
        assert "\u2068" not in text("cli.error.language", **fields)
    finally:
        speak("en")
    assert "\u2068" not in text_for_terminal("cli.error.language", **fields)
