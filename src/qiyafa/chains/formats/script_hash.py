"""Scripts without an address: how our ledgers of outputs name them (`scripthash:` and 64 hexadecimal digits)."""

import re
from typing import Final

from qiyafa.chains.formats.spelling import Spelled
from qiyafa.chains.outputs.addresses import SCRIPT_HASH
from qiyafa.model.address import Identity

FORMAT: Final = "script-hash"

_TEXT = re.compile(rf"{SCRIPT_HASH}[0-9a-f]{{64}}", re.ASCII)


class ScriptHashSpelling:
    """The one spelling; the same script has it on every chain of outputs."""

    starts = "s"

    def read(self, text: str) -> Spelled | None:
        """Return the script's name."""
        return Spelled(Identity(FORMAT, text)) if _TEXT.fullmatch(text) else None

    def write(self, identity: Identity) -> tuple[str, ...]:
        """Return the key itself."""
        return (identity.key,) if identity.format == FORMAT else ()


SCRIPT = ScriptHashSpelling()
