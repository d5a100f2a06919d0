"""Repairing text: encoding damage, invisible characters, white space. Paragraphs stay paragraphs.

What is taken out is what no reader sees: controls, zero-width characters, direction overrides (which can
make a text read differently from what it says). What is kept although invisible: the joiners that Arabic
and Indic scripts spell with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ftfy import fix_encoding
from ftfy.badness import is_bad
from ftfy.fixes import unescape_html

# C0 and C1 controls that are not white space; soft hyphen; Arabic letter mark; Mongolian vowel separator;
# zero-width space and direction marks (joiners 200C-D are looked at apart); embeddings, overrides and
# isolates; invisible operators; byte order mark; annotation marks; tags (hidden text); noncharacters.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
_OUT = re.compile(f"[{_INVISIBLE}]+")
# Between two letters of these scripts a joiner is spelling; anywhere else it is an invisible stray.
_JOINING = (
    "\u0600-\u109f\u1780-\u18af\u1b00-\u1cff\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00011000-\U00011fff"
)
_STRAY_JOINER = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINING}\u200c\u200d])")
# ftfy's test for damage takes 0.3 ms a kilobyte of accented text. Damage by a wrong Windows or ISO charset
# always shows one of the letters and signs left out here (Ã, Â, €, ¢, ©, C1 controls, Cyrillic), or a sign
# right behind an accented capital ("Ä…" was "ą"): texts without either are not tested.
_SOUND = (
    "\x00-\x7f\u00a0\u00a1\u00aa\u00ab\u00ad\u00b0\u00b7\u00ba\u00bb\u00bf"
    "ÀÁÄÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜ\u00df-\u00ff\u0153"
    "\u0590-\u109f\u200b-\u200f\u2010-\u2019\u201c\u201d\u2026\u202a-\u202f\u2060-\u206f"
    "\u3000-\ud7af\uf900-\ufaff\ufb50-\ufeff\uff01-\uffef"
)
_SUSPECT = re.compile(f"[^{_SOUND}]|[À-ß][^\x00-\x7fÀ-ÿ]")
# Most paragraphs hold nothing else: printable ASCII, accented small letters of western languages (composed,
# so NFC already), quotation marks and dashes. Nothing is to be repaired there.
_UNUSUAL = re.compile(
    "[^\x20-\x7e\u00a1\u00aa\u00ab\u00b0\u00b7\u00ba\u00bb\u00bf\u00df-\u00ff\u0153"
    "\u2013\u2014\u2018\u2019\u201c\u201d\u2026]"
)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK_LINE = re.compile(r"\n\s*\n")
_INSERTION = re.compile(r"\[([^\[\]\n]{1,200})\]")
_MOST_ROUNDS = 10


def repaired(text: str) -> str:
    """One paragraph or title: encoding repaired, NFC, invisible characters out, white space single.

    Repairing again changes nothing.
    """
    line = " ".join(text.split())
    if "&" not in line and not _UNUSUAL.search(line):
        return line
    for _ in range(_MOST_ROUNDS):
        better = _once(line)
        if better == line:
            break
        line = better
    return line


def _once(line: str) -> str:
    """One round; a repair may uncover the next damage ("&amp;nbsp;"), so there may be several."""
    if not line.isascii():
        if _SUSPECT.search(line) and is_bad(line):
            line = fix_encoding(line)
        if _SURROGATE.search(line):
            line = _SURROGATE.sub("\ufffd", line)
        if _LIGATURE.search(line):
            # "ﬁ" and its like come from PDF; nobody means another letter by them.
            line = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), line)
    if "&" in line:
        line = unescape_html(line)
    line = _OUT.sub("", line)
    if "\u200c" in line or "\u200d" in line:
        line = _STRAY_JOINER.sub("", line)
    if not unicodedata.is_normalized("NFC", line):
        line = unicodedata.normalize("NFC", line)
    return " ".join(line.split())


def repaired_paragraphs(body: Iterable[str]) -> tuple[str, ...]:
    """The paragraphs of a body, each repaired; a blank line inside one makes two of it, empty ones vanish."""
    found = []
    for paragraph in body:
        for part in _BLANK_LINE.split(paragraph) if "\n" in paragraph else (paragraph,):
            line = repaired(part)
            if line:
                found.append(line)
    return tuple(found)


def insertions_in(paragraphs: Iterable[str]) -> int:
    """How many editor's insertions in square brackets a text holds ("the fight [against] crime").

    Footnote numbers ("[1]") and marks of omission ("[...]") are none: nobody put words in there.
    """
    return sum(
        any(letter.isalpha() for letter in inside)
        for paragraph in paragraphs
        if "[" in paragraph
        for inside in _INSERTION.findall(paragraph)
    )
