"""PDF files made by hand: text in any script, in any order of drawing, and files that are hostile."""

import zlib
from collections.abc import Sequence

_LETTERS_A_LINE = 16
"""Points from one line down to the next."""


def pdf(pages: Sequence[Sequence[str]], *, extra: Sequence[bytes] = (), trailer: bytes = b"") -> bytes:
    """Return a file whose pages draw these lines as they are written, from top to bottom.

    Every character is its own glyph, and a table says which character each glyph stands for: so files of word
    processors are built, and no font has to be there.
    """
    characters = sorted({one for page in pages for line in page for one in line})
    objects = [b"", b"", _font(), _descendant(), _stream(_to_unicode(characters))]
    kids = []
    for page in pages:
        content = len(objects) + 1
        objects.append(_stream(_content(page)))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 2000 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % content
        )
        kids.append(len(objects))
    objects += extra
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), listed)
    return file_of(objects, trailer)


def file_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Return a file with these objects, numbered from 1; the first is the catalogue."""
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(written)


def compressed(content: bytes, times: int = 1) -> bytes:
    """Return a stream object that unpacks to `content`, compressed several times over."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode " * times
    return b"<</Length %d/Filter[%s]>>\nstream\n%s\nendstream" % (len(content), filters, content)


def _stream(content: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)


def _content(lines: Sequence[str]) -> bytes:
    drawn = [b"BT /F 12 Tf 40 800 Td"]
    for line in lines:
        glyphs = "".join(f"{ord(one):04x}" for one in line)
        drawn.append(b"<%s> Tj 0 -%d Td" % (glyphs.encode(), _LETTERS_A_LINE))
    return b"\n".join([*drawn, b"ET"])


def _font() -> bytes:
    return b"<</Type/Font/Subtype/Type0/BaseFont/Made/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"


def _descendant() -> bytes:
    return (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Made/DW 500"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
    )


def _to_unicode(characters: Sequence[str]) -> bytes:
    parts = [characters[at : at + 100] for at in range(0, len(characters), 100)]
    tables = [
        f"{len(part)} beginbfchar\n" + "".join(f"<{ord(one):04x}> <{ord(one):04x}>\n" for one in part) + "endbfchar"
        for part in parts
    ]
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Made def /CMapType 2 def"
    space = "1 begincodespacerange <0000> <ffff> endcodespacerange"
    return "\n".join([head, space, *tables, "endcmap end end"]).encode()
