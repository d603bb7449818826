"""The mark that some programs put before UTF-8. RFC 8259 lets readers of JSON pass over it, and ours does."""

import codecs
from typing import Final

Buffer = bytes | bytearray | memoryview
_MARK: Final = codecs.BOM_UTF8


def without_mark(content: Buffer) -> Buffer:
    """Return a text in UTF-8 without the mark at its beginning; nothing is copied."""
    return memoryview(content)[len(_MARK) :] if bytes(content[: len(_MARK)]) == _MARK else content
