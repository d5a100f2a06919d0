"""Text that every database takes."""

from __future__ import annotations

import re

_NOT_KEEPABLE = re.compile("[\x00\ud800-\udfff]")


def keepable(text: str) -> str:
    """The text with NUL (PostgreSQL) and lone surrogates (UTF-8) made U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return _NOT_KEEPABLE.sub("\ufffd", text)
