"""What republishers, scanners and portals do to a text. Everything drawn comes from the given generator."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Paragraphs = tuple[str, ...]

SCANNED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "latin": (
        ("rn", "m"), ("m", "rn"), ("cl", "d"), ("e", "c"), ("l", "1"), ("i", "l"), ("h", "b"), ("u", "ii"),
        ("o", "0"), ("a", "o"), ("n", "ri"), ("t", "f"), ("S", "5"), ("I", "l"), ("B", "8"), ("g", "q"),
        ("é", "e"), ("ó", "o"), ("á", "a"), ("ñ", "n"), ("ü", "u"), ("ç", "c"), ("ã", "a"), ("ı", "i"),
    ),
    "cyrillic": (
        ("и", "н"), ("н", "и"), ("ш", "щ"), ("е", "с"), ("с", "е"), ("б", "6"), ("з", "3"), ("о", "0"),
        ("п", "н"), ("т", "г"), ("л", "п"), ("ы", "ьі"), ("в", "н"), ("г", "т"), ("ї", "і"), ("д", "л"),
    ),
    "arabic": (
        ("ب", "ت"), ("ت", "ن"), ("ج", "ح"), ("خ", "ح"), ("ف", "ق"), ("ر", "ز"), ("س", "ش"), ("ص", "ض"),
        ("ة", "ه"), ("ي", "ى"), ("أ", "ا"), ("إ", "ا"), ("ط", "ظ"), ("ع", "غ"),
    ),
    "han": (
        ("日", "曰"), ("未", "末"), ("人", "入"), ("土", "士"), ("大", "太"), ("力", "カ"), ("千", "干"),
        ("口", "ロ"), ("間", "問"), ("間", "聞"), ("は", "ほ"), ("ー", "一"), ("め", "ぬ"), ("き", "さ"),
        ("的", "旳"), ("和", "知"), ("国", "囯"), ("部", "陪"), ("会", "令"), ("る", "ろ"),
    ),
    "hangul": (
        ("를", "룰"), ("은", "온"), ("는", "눈"), ("의", "외"), ("에", "애"), ("고", "교"), ("한", "힌"),
        ("다", "디"), ("이", "미"), ("과", "파"), ("정", "징"), ("로", "르"),
    ),
}  # fmt: skip
"""What a scanner reads for what, by script."""
_FIGURES = {"0": "O", "1": "l", "5": "S", "8": "B"}
"""A scanner that misreads a figure leaves something that is none: another figure would be another text."""
_FIGURES_SPARED = 0.85
"""Part of the figures hit that stay as they are: figures are printed larger and checked by eye."""
_SENTENCE_ENDS = ".!?。！？؟…"


@dataclass(frozen=True, slots=True)
class Frame:
    """A portal's words around a text, in one language."""

    lead: Paragraphs
    tail: Paragraphs


def cut(paragraphs: Paragraphs, share: float, draw: random.Random) -> Paragraphs:
    """The beginning of a text, up to that share of its characters; half of the time broken off."""
    wanted = share * sum(map(len, paragraphs))
    kept: list[str] = []
    for paragraph in paragraphs:
        room = wanted - sum(map(len, kept))
        if room < 0.3 * len(paragraph):
            break
        if room < 0.8 * len(paragraph) and len(kept) > 0:
            end = max(paragraph.rfind(mark, 0, int(room)) for mark in _SENTENCE_ENDS) + 1
            if draw.random() < 0.5 or end < 40:
                end = int(room)
            kept.append(paragraph[:end].rstrip() + ("" if paragraph[end - 1] in _SENTENCE_ENDS else " [...]"))
            break
        kept.append(paragraph)
    return tuple(kept) or paragraphs[:1]


def middle(paragraphs: Paragraphs, share: float, draw: random.Random) -> Paragraphs:
    """Whole paragraphs in a row, without the first one, about that share of the text."""
    if len(paragraphs) < 3:
        return paragraphs[1:] or paragraphs
    wanted = share * sum(map(len, paragraphs))
    start = draw.randint(1, max(1, len(paragraphs) // 3))
    kept: list[str] = []
    for paragraph in paragraphs[start:]:
        if kept and sum(map(len, kept)) + len(paragraph) / 2 > wanted:
            break
        kept.append(paragraph)
    return tuple(kept)


def drop(paragraphs: Paragraphs, first: int) -> Paragraphs:
    """A text without its first paragraphs."""
    return paragraphs[first:]


def without(paragraphs: Paragraphs, numbers: Sequence[int]) -> Paragraphs:
    """A text without some paragraphs, counting from 1."""
    return tuple(each for number, each in enumerate(paragraphs, 1) if number not in numbers)


def reorder(paragraphs: Paragraphs, numbers: Sequence[int]) -> Paragraphs:
    """The paragraphs in that order, counting from 1."""
    return tuple(paragraphs[number - 1] for number in numbers)


def frame(paragraphs: Paragraphs, words: Sequence[Frame], draw: random.Random) -> Paragraphs:
    """A text as a portal shows it: its own words before and after."""
    chosen = draw.choice(words)
    return (*chosen.lead, *paragraphs, *chosen.tail)


def scan(paragraphs: Paragraphs, share: float, script: str, draw: random.Random) -> Paragraphs:
    """A text as read from paper: that share of the characters wrong, words broken, page numbers."""
    confusions: dict[str, list[str]] = {}
    for right, wrong in SCANNED[script]:
        confusions.setdefault(right, []).append(wrong)
    read = [_scan_paragraph(each, share, confusions, draw) for each in paragraphs]
    if len(read) > 3:
        read.insert(len(read) // 2, f"- {draw.randint(1, 3)} -")
    return tuple(read)


def _scan_paragraph(
    text: str, share: float, confusions: Mapping[str, Sequence[str]], draw: random.Random
) -> str:
    out: list[str] = []
    at = 0
    # Not every character has a likeness; those that have are hit more often.
    rate = min(0.9, share * 2)
    while at < len(text):
        letter, both = text[at], text[at : at + 2]
        if draw.random() >= rate:
            out.append(letter)
        elif both in confusions:
            out.append(draw.choice(confusions[both]))
            at += 1
        elif letter in confusions:
            out.append(draw.choice(confusions[letter]))
        elif letter in _FIGURES and draw.random() > _FIGURES_SPARED:
            out.append(_FIGURES[letter])
        elif letter == " " and draw.random() < 0.3:
            pass
        elif letter.isalpha() and letter.islower() and both[-1:].islower() and draw.random() < 0.15:
            out.append(f"{letter}- ")
        else:
            out.append(letter)
        at += 1
    return "".join(out)


SCRIPT_OF: Mapping[str, str] = {
    "ar": "arabic", "ru": "cyrillic", "uk": "cyrillic", "ja": "han", "zh": "han", "ko": "hangul",
}  # fmt: skip
"""Languages in another script than Latin."""


def damaged(
    paragraphs: Paragraphs,
    steps: str,
    language: str,
    frames: Mapping[str, Sequence[Frame]],
    draw: random.Random,
) -> Paragraphs:
    """Apply steps in order: `drop:1,without:2+4,order:2+1+3,cut:0.6,middle:0.5,frame,scan:0.02`."""
    made: Mapping[str, Callable[[Paragraphs, str], Paragraphs]] = {
        "cut": lambda each, value: cut(each, float(value), draw),
        "middle": lambda each, value: middle(each, float(value), draw),
        "drop": lambda each, value: drop(each, int(value)),
        "without": lambda each, value: without(each, [int(part) for part in value.split("+")]),
        "order": lambda each, value: reorder(each, [int(part) for part in value.split("+")]),
        "frame": lambda each, _: frame(each, frames[language], draw),
        "scan": lambda each, value: scan(each, float(value), SCRIPT_OF.get(language, "latin"), draw),
    }
    for step in filter(None, steps.split(",")):
        name, _, value = step.partition(":")
        if name not in made:
            raise ValueError(f"expected one of {', '.join(made)}, found {name!r}")
        paragraphs = made[name](paragraphs, value)
    return paragraphs
