"""The rules of a screening: those of a file, or the ones that come with Qiyafa."""

from importlib import resources
from pathlib import Path

from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.screen.rule_file import parse_rules
from qiyafa.screen.rules import Rules

_DEFAULT = "default_rules.toml"
_LONGEST = 1 << 20
"""Bytes; nobody writes a longer rule file."""


def read_rules(path: Path | None) -> Rules:
    """Return the rules of a file; the default ones for None. Raises NotFound, Unavailable or InvalidInput."""
    if path is None:
        return parse_rules(resources.files("qiyafa.screen").joinpath(_DEFAULT).read_bytes(), _DEFAULT)
    try:
        refuse_special(path)
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
    except FileNotFoundError as error:
        raise NotFound("screen.rules.not_found", path=str(path)) from error
    except OSError as error:
        raise Unavailable("screen.rules.not_readable", path=str(path), reason=error.strerror or str(error)) from error
    if len(content) > _LONGEST:
        raise InvalidInput("screen.rules.too_long", path=str(path), most=_LONGEST)
    return parse_rules(content, str(path))
