"""A text as passages: sentences, in any script, in order.

Passages are what two versions of a text have in common when whole texts differ: one is cut, the other has a
lead or an appendix. Everything that says where something stands in a text counts passages from 0.
"""

from __future__ import annotations

import re

SHORTEST = 24.0
"""Passages shorter than this (units, see `units`) are joined to the one before in their paragraph."""
MOST = 400
"""Longer texts have neighbouring passages joined until there are no more than this."""

_BREAK = re.compile(
    # A stop, closing marks, space, and then anything but a small letter; no space after full-width stops.
    r"(?<=[.!?…؟۔।॥])[\"'”’»)\]]*\s+(?=[^\sa-zß-öø-ÿа-яёα-ω])|(?<=[。！？｡])[」』”’）]*\s*"
)
_LINE = re.compile(r"\s*[\r\n]+\s*")

_FIRST_WIDE = "\u1100"
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")


def units(text: str) -> float:
    """Length of a text, comparable between scripts: about the letters that an alphabet would need."""
    length = float(len(text))
    if not text.isascii() and max(text) >= _FIRST_WIDE:
        # What a character of these scripts is worth, from the lengths of translations.
        length += 2.0 * len(_HAN.findall(text)) + 0.8 * len(_KANA.findall(text))
        length += 1.2 * len(_HANGUL.findall(text))
    return length


def passages_of(body: str) -> tuple[str, ...]:
    """The passages of a body, in order; empty only when there is no text at all."""
    found: list[str] = []
    for line in _LINE.split(body.strip()):
        start = len(found)
        for piece in _BREAK.split(line):
            sentence = piece.strip()
            if not sentence:
                continue
            if len(found) > start and min(units(found[-1]), units(sentence)) < SHORTEST:
                found[-1] = f"{found[-1]} {sentence}"
            else:
                found.append(sentence)
    while len(found) > MOST:
        found = [" ".join(found[at : at + 2]) for at in range(0, len(found), 2)]
    return tuple(found)
