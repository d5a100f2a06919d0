"""Writes small PDF files for tests and samples: lines of Helvetica at given places, or a picture of a page.

python -m tests.pdfs text.txt page.pdf       # a form feed begins a page, an empty line a paragraph
"""

from __future__ import annotations

import sys
import textwrap
import zlib
from collections.abc import Sequence
from pathlib import Path

WIDTH, HEIGHT = 595, 842
Line = tuple[float, float, float, str]
"""From the left, from the top, size of letters (all in points), text in Windows-1252."""


def pdf(pages: Sequence[Sequence[Line] | None], *, packed: bool = False, extra: bytes = b"") -> bytes:
    """A file of these pages; None is a page that is only a picture. `extra` is put into the catalogue."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b">>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length 1 >>\nstream\n\x80\nendstream",
    ]
    kids = []
    for lines in pages:
        content = b"q 500 0 0 700 40 60 cm /Im Do Q" if lines is None else b"\n".join(map(_shown, lines))
        filters = b""
        if packed:
            content, filters = zlib.compress(content), b"/Filter /FlateDecode "
        objects.append(b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filters, len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> /XObject << /Im 4 0 R >> >> >>"
            % (WIDTH, HEIGHT, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    whole = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(whole)


def _shown(line: Line) -> bytes:
    left, top, size, text = line
    written = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F %g Tf %g %g Td (%s) Tj ET" % (size, left, HEIGHT - top, written)


def typeset(text: str, *, width: int = 80, head: str = "", foot: str = "") -> list[list[Line]]:
    """Pages of wrapped paragraphs: a form feed begins a page; `head` and `foot` may hold `{page}`."""
    pages = []
    for number, page in enumerate(text.split("\f"), 1):
        lines: list[Line] = [(60, 40, 8, head.format(page=number))] if head else []
        top = 90.0
        for paragraph in page.strip("\n").split("\n\n"):
            for line in textwrap.wrap(paragraph, width):
                lines.append((60, top, 11, line))
                top += 14
            top += 12
        if foot:
            lines.append((280, 810, 8, foot.format(page=number)))
        pages.append(lines)
    return pages


def main(arguments: Sequence[str]) -> int:
    """Write a file from a text."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, target = map(Path, arguments)
    target.write_bytes(pdf(typeset(source.read_text("utf-8"), foot="{page}")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
