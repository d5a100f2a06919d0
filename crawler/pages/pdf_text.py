"""The child that opens a PDF: bytes on standard input, lines with their places on standard output, as JSON.

PDFium is C++, and files of strangers are what its bugs are found with. So it runs in a process of its own,
with limits of time and memory that it sets for itself before it reads the first byte; whatever happens in it,
the crawl goes on. Run as `python -m crawler.pages.pdf_text`; see `crawler.pages.pdf` for the other end.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MOST_PAGES = 400
MOST_CHARACTERS = 2_000_000
"""Of all pages: twenty times the longest release that we know."""
CPU_SECONDS = 15
MEMORY = 2 * 1024**3
"""Bytes of address space; PDFium maps more than it uses."""

_HYPHENS = "\x02\ufffe"
"""How PDFium writes a hyphen that ends a line; the next line follows it without a line end."""


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows: the parent's time limit is left
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lines_of(body: bytes) -> dict[str, Any]:
    """Pages with their height and lines ([text, left, top, right, height of its letters], measured from the
    page's upper left corner in points), or {"error": ...} with "encrypted", "broken" or "too large"."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        return {"error": "encrypted" if "password" in str(error).lower() else "broken", "detail": str(error)}
    if len(document) > MOST_PAGES:
        return {"error": "too large", "detail": f"{len(document)} pages, {MOST_PAGES} at most"}
    pages: list[dict[str, Any]] = []
    left_over = MOST_CHARACTERS
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
            count = text.count_chars()
            left_over -= count
            if left_over < 0:
                return {"error": "too large", "detail": f"more than {MOST_CHARACTERS} characters"}
            height = page.get_height()
            images = any(each.type == raw.FPDF_PAGEOBJ_IMAGE for each in page.get_objects(max_depth=2))
            pages.append({"height": height, "images": images, "lines": _lines(text, count, height)})
            text.close()
            page.close()
        except pypdfium2.PdfiumError as error:
            return {"error": "broken", "detail": f"page {number + 1}: {error}"}
    return {"pages": pages}


def _lines(text: Any, count: int, height: float) -> list[list[Any]]:  # noqa: ANN401 - PDFium's text page
    from pypdfium2 import raw

    found: list[list[Any]] = []
    letters: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []

    def end_line() -> None:
        words = "".join(letters).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
        if words and boxes:
            top = height - max(box[3] for box in boxes)
            tall = sorted(box[3] - box[1] for box in boxes)[len(boxes) * 9 // 10]
            left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
            found.append([words, round(left, 1), round(top, 1), round(right, 1), round(tall, 1)])
        letters.clear()
        boxes.clear()

    for index in range(count):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        letter = chr(code) if code < 0x110000 else "\ufffd"
        if letter in "\r\n":
            end_line()
        elif letter in _HYPHENS:
            letters.append("\u00ad")
            end_line()
        elif code:
            letters.append(letter)
            if not letter.isspace():
                boxes.append(text.get_charbox(index))
    end_line()
    return found


def main() -> int:
    """Read, answer, end; 3 when PDFium is not installed."""
    body = sys.stdin.buffer.read()
    try:
        import pypdfium2  # noqa: F401 - loaded before the limits, which its own files need not fit into
    except ImportError:
        return 3
    _limit()
    try:
        answer = lines_of(body)
    except MemoryError:
        answer = {"error": "too large", "detail": f"more than {MEMORY} bytes of memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
