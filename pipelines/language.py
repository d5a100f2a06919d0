"""The language of a text, found in the text itself and checked against what the source declares.

Two opinions: CLD2 answers in 0.07 ms and is asked first; py3langid (1 ms, 0.7 s to load) is asked only when
CLD2 is not sure, contradicts the declaration, or sees a short text, on which it is sure and wrong too often
(benchmarks/languages). The declaration is a prior between opinions, never a substitute for one, except for
texts too short for either. Galician, Catalan, Portuguese and Spanish are told apart by their spelling
(`relatives`) where an opinion takes one for another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import pycld2

from pipelines.hold import HoldBack
from pipelines.relatives import RELATIVES, told_apart

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 1500
"""Characters looked at: the title, and pieces from beginning, middle and end of the body."""
_PIECES = 3
_FEW_LETTERS = 100
"""Below this many letters neither opinion counts as one when it is not sure."""
_SHORT = 160
"""Letters up to which the first opinion alone does not settle it: the length of a long title."""
_SURE = 0.9
"""Probability from which py3langid's answer is an opinion."""
_LARGE_PART = 30
"""Per cent of a text in a second language that are worth a note."""

_PUBLISHED = (
    "ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk kn "
    "ko lt lv mk ml mr mt my nb ne nl nn no pa pl ps pt ro ru sk sl so sq sr sv sw ta te th tr uk ur vi zh"
)
"""What py3langid chooses from: languages in which governments publish. The others that it knows take short
titles away from their neighbours (Malay from Indonesian, Wu from Chinese)."""

ANY = "und"
"""Declared by sources of saved pages: no language is expected, the text alone tells."""

_SAME = {
    "wuu": "zh",
    "yue": "zh",
    "cmn": "zh",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "tl": "fil",
    "nb": "no",
    "nn": "no",
}
"""Tags of one language for our purposes: old codes, and what the detectors split or join."""


@lru_cache(maxsize=1024)
def primary(tag: str) -> str:
    """The primary language of a BCP 47 tag, in the form in which languages are compared here."""
    first = tag.replace("_", "-").partition("-")[0].lower()
    return _SAME.get(first, first)


_THREE_LETTERS = {
    each: told.split()[0]
    for told in (
        "af afr", "am amh", "ar ara arb", "az aze azj", "be bel", "bg bul", "bn ben", "bs bos", "ca cat",
        "cs ces cze", "cy cym wel", "da dan", "de deu ger", "el ell gre", "en eng", "es spa", "et est ekk",
        "eu eus baq", "fa fas per pes", "fi fin", "fil tgl", "fr fra fre", "ga gle", "gl glg", "gu guj",
        "he heb", "hi hin", "hr hrv", "hu hun", "hy hye arm", "id ind", "is isl ice", "it ita", "ja jpn",
        "ka kat geo", "kk kaz", "km khm", "kn kan", "ko kor", "ky kir", "lo lao", "lt lit", "lv lav lvs",
        "mk mkd mac", "ml mal", "mn mon khk", "mr mar", "ms msa may zsm", "mt mlt", "my mya bur",
        "ne nep npi", "nl nld dut", "no nor nob nno", "pa pan", "pl pol", "ps pus pbt", "pt por",
        "ro ron rum", "ru rus", "si sin", "sk slk slo", "sl slv", "so som", "sq sqi alb als", "sr srp",
        "sv swe", "sw swa swh", "ta tam", "te tel", "tg tgk", "th tha", "ti tir", "tk tuk", "tr tur",
        "uk ukr", "ur urd", "uz uzb uzn", "vi vie", "zh zho chi",
    )
    for each in told.split()[1:]
}  # fmt: skip
"""Codes of three letters, bibliographic ones too, of languages that have one of two."""
_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]+)*", re.IGNORECASE)
_ALIKE = (
    RELATIVES, frozenset({"no", "da", "sv"}), frozenset({"sr", "hr", "bs", "sl"}), frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}), frozenset({"ru", "uk", "be", "bg", "mk", "sr"}), frozenset({"hi", "mr", "ne"}),
)  # fmt: skip
"""Languages that detectors take for each other: between these a declaration is believed."""


def language_told(tag: str, title: str, paragraphs: Sequence[str]) -> tuple[str, str | None]:
    """The language of a text of which somebody says that it is `tag`, and why that is not believed, if so.

    `tag` may be of two or three letters, with a region or script; what is no tag says nothing. The text is
    believed more than the tag where both opinions are sure of another language than it, no relative of it.
    Without a tag, the likeliest language; `und` when there is not even that.
    """
    wanted = tag.strip()
    told = primary(wanted) if _TAG.fullmatch(wanted) else ANY
    told = _THREE_LETTERS.get(told, told)
    text = sampled(title, paragraphs)
    first = _first_opinion(text)
    if told == ANY:
        if first.sure and first.language is not None:
            return first.language, None
        second = _second_opinion(text) if text.strip() else _Opinion(first.language, False)
        return second.language or ANY, None
    if (
        first.language in (None, told)
        or not first.sure
        or any({first.language, told} <= each for each in _ALIKE)
    ):
        return told, None
    if _is_short(text) or not first.alone:
        return told, None
    second = _second_opinion(text)
    if second.sure and second.language == first.language:
        return str(first.language), f"lang is {wanted[:40]!r}, but the text is in {first.language!r}"
    return told, None


@dataclass(frozen=True, slots=True)
class Finding:
    """What language a text is in."""

    language: str
    """BCP 47 primary tag."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opinion:
    language: str | None
    """None: no answer."""
    sure: bool
    second: str | None = None
    """Another language with a large part of the text."""
    alone: bool = False
    """No other language is named at all, and most of the text is in this one."""


def _is_short(text: str) -> bool:
    """Whether it has at most `_SHORT` letters; of a longer text only its beginning is looked at."""
    return next(islice(filter(str.isalpha, text), _SHORT, None), None) is None


def sampled(title: str, paragraphs: Sequence[str]) -> str:
    """Title and body up to `SAMPLE` characters; of longer bodies pieces from all over: edges may quote."""
    body = " ".join(paragraphs)
    room = max(SAMPLE - len(title), SAMPLE // 2)
    if len(body) <= room:
        return f"{title} {body}"
    size = room // _PIECES
    step = (len(body) - size) // (_PIECES - 1)
    pieces = [body[start : start + size] for start in range(0, step * _PIECES, step)]
    return " ".join((title[:SAMPLE], *pieces))


def _first_opinion(text: str) -> _Opinion:
    try:
        reliable, _, details = pycld2.detect(text, isPlainText=True)
    except pycld2.error:
        # It refuses some characters that are valid Unicode (unassigned ones); the other opinion does not.
        return _Opinion(None, False)
    _, tag, percent, _ = details[0]
    if tag == "un":
        return _Opinion(None, False)
    _, second, second_percent, _ = details[1]
    large = second != "un" and second_percent >= _LARGE_PART
    most = percent > 100 - percent
    return _Opinion(
        primary(tag), reliable and most, primary(second) if large else None, most and second == "un"
    )


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    # With numpy, which no other stage needs, it would be a sixth of what a reader takes to start.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([each for each in _PUBLISHED.split() if each in identifier.nb_classes])
    return identifier


def _second_opinion(text: str) -> _Opinion:
    tag, probability = _identifier().classify(text)
    return _Opinion(primary(tag), probability >= _SURE)


def find_language(
    title: str, paragraphs: Sequence[str], declared: Sequence[str], page: str | None = None
) -> Finding:
    """The language of a text. `declared`: languages of the source; `page`: what the page or path says.

    Raises HoldBack "language not declared" when the text is in a language that the source does not declare
    or the two opinions name different ones, and the declaration does not settle it.
    """
    text = sampled(title, paragraphs)
    first = _first_opinion(text)
    if ANY in declared:
        return _told_by_the_text_alone(first, page, text)
    allowed = tuple(dict.fromkeys(primary(tag) for tag in declared))
    short = _is_short(text)
    if first.sure and first.language in allowed and not short:
        return Finding(first.language, _remarks(first.language, page, first.second))
    if (first.alone or first.sure) and first.language in allowed and page and first.language == primary(page):
        # Many names make the first opinion hesitate; the page says the same, and loading the second
        # opinion's model costs a second and 100 MB.
        return Finding(str(first.language), _remarks(str(first.language), page, None))
    second = _second_opinion(text)
    if short and (relative := _relative(first, second, allowed, text)) is not None:
        others = sorted({str(each.language) for each in (first, second)} - {relative})
        remarks = _remarks(relative, page, None)
        if others:
            remarks = (f"language: told apart from {', '.join(others)} by its spelling", *remarks)
        return Finding(relative, remarks)
    language, notes = _weighed(first, second, allowed, page, text)
    return Finding(language, (*notes, *_remarks(language, page, first.second)))


def _told_by_the_text_alone(first: _Opinion, page: str | None, text: str) -> Finding:
    """Without a declaration the page's own may settle a doubt, but only where one opinion agrees with it."""
    if first.sure and first.language is not None:
        return Finding(first.language, _remarks(first.language, page, first.second))
    second = _second_opinion(text)
    said = primary(page) if page else None
    if second.language is not None and second.language in (first.language, said):
        return Finding(second.language, _remarks(second.language, page, first.second))
    if said is not None and said == first.language:
        return Finding(said, ("language: found, but neither opinion is sure",))
    raise HoldBack(
        "language not found",
        f"found {first.language or 'none'} or {second.language or 'none'} in the text, the page says "
        f"{page or 'nothing'}. Text: {text[:200]!r}. Is it the text of a release at all?",
    )


def _relative(first: _Opinion, second: _Opinion, allowed: tuple[str, ...], text: str) -> str | None:
    """Which of four close relatives a short text is in, when an opinion names one and it is declared."""
    if RELATIVES.isdisjoint((first.language, second.language)):
        return None
    language = told_apart(text, RELATIVES)
    return language if language in allowed else None


def _weighed(
    first: _Opinion, second: _Opinion, allowed: tuple[str, ...], page: str | None, text: str
) -> tuple[str, tuple[str, ...]]:
    """A language that at least one opinion names and the source declares; see the module's docstring."""
    if first.language == second.language and first.language in allowed:
        return first.language, ()
    likely = {opinion.language for opinion in (first, second) if opinion.sure and opinion.language}
    known = likely & set(allowed)
    if len(known) > 1 and second.sure and _is_short(text):
        # On short texts the first opinion is sure and wrong ten times as often (benchmarks/languages).
        known = {str(second.language)}
    if len(known) == 1:
        # Close relatives (Galician and Portuguese): one opinion fits what the source declares.
        other = ", ".join(sorted(likely - known))
        return known.pop(), (f"language: a second opinion says {other}",) if other else ()
    if not likely and sum(letter.isalpha() for letter in text) < _FEW_LETTERS:
        said = primary(page) if page else None
        if said in allowed or len(allowed) == 1:
            language = said if said in allowed else allowed[0]
            return str(language), ("language as declared: the text is too short to tell",)
    if not likely:
        named = {first.language, second.language} & set(allowed)
        if len(named) == 1 and None not in named:
            return str(named.pop()), ("language: found, but neither opinion is sure",)
    found = " or ".join(sorted({str(each.language) for each in (first, second) if each.language})) or "none"
    raise HoldBack(
        "language not declared",
        f"found {found} in the text, declared are {', '.join(allowed)}"
        f"{f', the page says {page}' if page else ''}. Text: {text[:200]!r}. "
        "Add the language to the definition if the source does publish in it.",
    )


def _remarks(language: str, page: str | None, second: str | None) -> tuple[str, ...]:
    notes = []
    if page and primary(page) != language:
        notes.append(f"language: the page says {page}, the text is {language}")
    if second and second != language:
        notes.append(f"language: a large part of the text is in {second}")
    return tuple(notes)
