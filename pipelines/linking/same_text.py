"""Two texts of one language, compared word for word.

The words are aligned (longest common subsequence; matches of fewer than three words in a row count as
chance). What is left between the matches decides. A republisher cuts passages, adds a lead, a foot line, a
headline, an insertion: then one side has words where the other has none, or the edges differ. A template
has other figures in the same places: then both sides have figures there, and they differ. Such texts are
not copies, however much of their wording is the same. What is read badly from paper is neither (`worn`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from pipelines.linking.words import Words, read_words
from pipelines.linking.worn import is_held, read_badly, read_badly_in_part, stretch
from pipelines.signature import resemblance

SAME_SIMILARITY = 0.8
"""Part of all words of both texts that match, from which on they are one text."""
SAME_CONTAINMENT = 0.85
"""Part of the shorter text's words found in the longer, from which on it is a copy or an excerpt."""
UNSURE_CONTAINMENT = 0.7
"""From here on a person is asked."""
EXCERPT_LENGTH = 0.5
"""A text contained in another and shorter than this part of it is an excerpt."""
FEWEST_WORDS = 25
"""Shorter texts say too little: they are the same only when equal to the last word, headline included."""
FEWEST_WORDS_OF_EXCERPT = 40

_LEAST_RESEMBLANCE = 0.15
_SHORTEST_MATCH = 3
_SHORTEST_MATCH_UNSPACED = 5
"""The same in scripts without spaces between words, where each character counts as a word."""
_PASSAGE = 12
"""A difference of more words than this is a passage: framing at an edge, a cut or addition elsewhere."""
_MANY = 10
"""Words and phrases that differ, from which on a text may be read badly."""
_FEW_WITH_FIGURES = 0.15
"""In a template figures differ and little else."""
_WORN = 0.05
"""Part of the shared words that are read badly, from which on a figure counts only against a figure in its
place: elsewhere it may just be illegible."""
_MOST_OF_THE_TEXT = 0.5
_MOST_CELLS = 1_600_000_000
"""Product of both lengths up to which texts are aligned (40,000 words each: 200 MB for a moment)."""
_SAME_NAME = 70.0
"""Two spellings this much alike (percent) are one name, read or typed badly."""
_OTHER_NAME_WHEN_WORN = 50.0
"""The same where much is read badly, on both sides perhaps."""
_MISREAD = 80.0
"""Two words this much alike (percent) are one, where much is read badly."""
_LONGEST_NUMBER_LINE = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts of one language have in common, and what speaks against their being one text."""

    left_words: int
    right_words: int
    shared_words: int
    figures: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Figures that stand in the same places and differ; both empty when there are none."""
    names: tuple[tuple[str, str], ...] = ()
    """Names that stand in the same places and differ."""
    aligned: bool = True
    """False when the texts are too long to be aligned and not equal."""
    inner_words: int | None = None
    """Words of the shorter text between the first and the last that match, where much is read badly: frames
    around badly read copies are left out of account when most of the text is there."""

    @property
    def similarity(self) -> float:
        """Matched part of all words of both texts."""
        return 2 * self.shared_words / max(1, self.left_words + self.right_words)

    @property
    def containment(self) -> float:
        """Matched part of the shorter text (of what is between its frames: see `inner_words`)."""
        fewer = max(1, min(self.left_words, self.right_words))
        if self.inner_words is not None and self.shared_words >= _MOST_OF_THE_TEXT * fewer:
            fewer = max(1, min(fewer, self.inner_words))
        return min(1.0, self.shared_words / fewer)

    @property
    def length_ratio(self) -> float:
        """Length of the shorter text as part of the longer."""
        return min(self.left_words, self.right_words) / max(1, self.left_words, self.right_words)

    @property
    def equal(self) -> bool:
        """Whether there is no difference in words at all."""
        return self.shared_words == self.left_words == self.right_words

    @property
    def figures_differ(self) -> bool:
        """Whether figures stand against figures."""
        return bool(self.figures[0])


def worth_comparing(left: bytes, right: bytes) -> bool:
    """Whether two signatures leave it possible that one text contains a good part of the other."""
    return resemblance(left, right) >= _LEAST_RESEMBLANCE


def body_words(body: str, language: str, folio: str | None) -> Words:
    """The words to compare: without editor's insertions, and without a line that only holds the number.

    Copies of a joint communique bear each ministry's own number.
    """
    if folio is not None:
        paragraphs = body.split("\n\n")
        kept = [
            each for index, each in enumerate(paragraphs) if index > 1 or not _is_number_line(each, folio)
        ]
        body = "\n\n".join(kept)
    return read_words(_INSERTION.sub(" ", without_places(body)), language)


def without_places(body: str) -> str:
    """The text without numbers that only tell a place in it: of pages, and of the points of a list.

    Versions count their points from 0 or from 1. A single "5." at the start of a line may be a day.
    """
    points = [int(each) for each in _POINT.findall(body)]
    if any(after == before + 1 for before, after in pairwise(points)):
        body = _POINT.sub("", body)
    return _PAGE.sub("", body)


_POINT = re.compile(r"(?m)^[ \t]*\(?(\d{1,2})[.)](?=[ \t])")
_PAGE = re.compile(r"(?m)^[ \t]*[-–—]?[ \t]*\d{1,3}[ \t]*[-–—]?[ \t]*$")


_INSERTION = re.compile(r"\[[^\]\d]{1,60}\]")
"""An editor's addition; with digits in it, it counts like any text."""


def _is_number_line(paragraph: str, folio: str) -> bool:
    return (
        len(paragraph.split()) <= _LONGEST_NUMBER_LINE
        and re.search(rf"(?<!\w){re.escape(folio)}(?!\w)", paragraph) is not None
    )


def compare(left: Words, right: Words, explained: Iterable[str] = ()) -> Comparison:
    """Align two texts and weigh what differs.

    `explained` are figures that a difference at an edge, or an addition, may hold without counting: the
    publishers' numbers, and the days on which the two sites posted the text, which datelines show.
    """
    n, m = len(left.folded), len(right.folded)
    if left.folded == right.folded:
        return Comparison(n, m, n)
    if n * m > _MOST_CELLS:
        return Comparison(n, m, 0, aligned=False)
    own_figures = frozenset(explained)
    shared = 0
    mine: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    names: list[tuple[str, str]] = []
    in_place: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    """Figures that stand against figures in one gap."""
    substitutions = with_figures = worn = 0
    inner = _Inner(n, m)
    for gap in _gaps(left, right):
        if isinstance(gap, int):
            shared += gap
            inner.match(gap)
            continue
        inner.skip(gap)
        l0, l1, r0, r1 = gap
        longer, shorter = max(l1 - l0, r1 - r0), min(l1 - l0, r1 - r0)
        edge = (l0 == 0 or r0 == 0) or (l1 == n or r1 == m)
        one, other = stretch(left, l0, l1), stretch(right, r0, r1)
        if read_badly(one, other):
            worn += shorter
            inner.match(0)
            if one == other:
                continue
            clash = _clash(left, right, gap)
            if clash[0] and clash[1] and not (edge and set(clash[0]) | set(clash[1]) <= own_figures):
                for side, figures in zip((mine, theirs), clash, strict=True):
                    side.update(figures)
                for side, figures in zip(in_place, clash, strict=True):
                    side.update(figures)
            if longer <= _PASSAGE:
                names += _other_names(left, l0, l1, right, r0, r1)
            continue
        if longer > _PASSAGE and read_badly_in_part(one, other):
            worn += shorter
            inner.match(0)
            continue
        if longer > _PASSAGE and (edge or shorter < _SHORTEST_MATCH):
            continue
        ours, others = _figures(left, l0, l1), _figures(right, r0, r1)
        only_ours, only_others = ours - others, others - ours
        if edge:
            # At an edge one side may just go on where the other ends.
            if all(set(each) - own_figures for each in (only_ours, only_others)):
                mine.update(only_ours)
                theirs.update(only_others)
            continue
        mine.update(only_ours)
        theirs.update(only_others)
        both = bool(only_ours and only_others)
        if both:
            in_place[0].update(only_ours)
            in_place[1].update(only_others)
        elif (only_ours or only_others) and not (ours and others):
            beside = _figure_beside(left, l0, l1)
            if beside and not (only_ours.keys() | only_others.keys()) <= own_figures:
                # "35 thousand" against "35 thousand 500": one figure, written in several words.
                (theirs if ours else mine)[beside] += 1
        if longer <= _PASSAGE:
            names += _other_names(left, l0, l1, right, r0, r1)
            substitutions += shorter > 0
            with_figures += both
    if substitutions >= _MANY and with_figures < _FEW_WITH_FIGURES * substitutions:
        # Read badly from paper: differences are everywhere, and the few in figures are among them.
        return Comparison(n, m, shared + worn, inner_words=inner.words())
    shared += worn
    is_worn = worn > _WORN * shared
    if is_worn:
        mine, theirs = in_place
        names = [(one, other) for one, other in names if ratio(one, other) < _OTHER_NAME_WHEN_WORN]
    # What one side has in one place and the other in another is the same figure, or name, moved.
    mine, theirs = mine - theirs, theirs - mine
    differing = (tuple(sorted(mine)), tuple(sorted(theirs))) if _comparable(mine, theirs) else ((), ())
    return Comparison(
        n,
        m,
        shared,
        differing,
        tuple(sorted(_not_moved(names, left, right, is_worn))),
        inner_words=inner.words() if is_worn else None,
    )


class _Inner:
    """What lies between the first and the last match of two texts."""

    def __init__(self, left: int, right: int) -> None:
        self._words = left, right
        self._before: tuple[int, int] | None = None
        """Words before the first match."""
        self._after = 0, 0
        """Words after the last match so far."""
        self._gap = 0, 0

    def skip(self, gap: tuple[int, int, int, int]) -> None:
        """A stretch that may not match comes next."""
        l0, l1, r0, r1 = gap
        self._gap = self._after = l1 - l0, r1 - r0

    def match(self, words: int) -> None:
        """So many words match; 0: the stretch that was skipped does, read badly."""
        if self._before is None:
            self._before = self._gap if words else (0, 0)
        self._after = 0, 0

    def words(self) -> int:
        """Words of the shorter text between its first and last match."""
        before = self._before or (0, 0)
        return min(
            whole - first - last for whole, first, last in zip(self._words, before, self._after, strict=True)
        )


def _clash(left: Words, right: Words, gap: tuple[int, int, int, int]) -> tuple[Counter[str], Counter[str]]:
    """Figures of each side of a stretch that the other side has in no shape."""
    l0, l1, r0, r1 = gap
    ours, others = _figures(left, l0, l1), _figures(right, r0, r1)
    one, other = stretch(left, l0, l1), stretch(right, r0, r1)
    return (
        Counter({each: count for each, count in (ours - others).items() if not is_held(each, other)}),
        Counter({each: count for each, count in (others - ours).items() if not is_held(each, one)}),
    )


def _comparable(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether figures stand against figures, or words against words: "15" may well be "fifteen"."""
    return any(
        any(word[0].isdigit() is digits for word in left)
        and any(word[0].isdigit() is digits for word in right)
        for digits in (True, False)
    )


def _not_moved(
    names: Iterable[tuple[str, str]], left: Words, right: Words, is_worn: bool
) -> Iterator[tuple[str, str]]:
    """Names of which each side has a word that the other has nowhere: who is named first may differ.

    In a text that is read badly the word may stand elsewhere with other letters.
    """
    ours, theirs = frozenset(left.folded), frozenset(right.folded)
    for one, other in names:
        mine, yours = set(one.split()) - theirs, set(other.split()) - ours
        if is_worn:
            mine = {each for each in mine if not _stands_misread(each, theirs)}
            yours = {each for each in yours if not _stands_misread(each, ours)}
        if mine and yours:
            yield one, other


def _stands_misread(word: str, words: Collection[str]) -> bool:
    return any(ratio(word, each, score_cutoff=_MISREAD) > 0 for each in words)


def _gaps(left: Words, right: Words) -> Iterator[int | tuple[int, int, int, int]]:
    """Lengths of matches, and between them the stretches that do not match (from, to; from, to)."""
    n, m = len(left.folded), len(right.folded)
    shortest = _SHORTEST_MATCH_UNSPACED if left.unspaced else _SHORTEST_MATCH
    at_left = at_right = 0
    for block in LCSseq.editops(left.folded, right.folded).as_matching_blocks():
        if block.size < shortest and block.a < n and block.b < m and block.size:
            continue
        start_left, start_right = (block.a, block.b) if block.size else (n, m)
        if start_left > at_left or start_right > at_right:
            yield at_left, start_left, at_right, start_right
        if block.size:
            yield block.size
        at_left, at_right = start_left + block.size, start_right + block.size


def _figure_beside(words: Words, start: int, end: int) -> str | None:
    """The figure right before a stretch of words, with all words that it is written in, or else after it."""
    first = start
    while first > 0 and words.figures[first - 1]:
        first -= 1
    if first < start:
        return " ".join(words.folded[first:start])
    last = end
    while last < len(words.folded) and words.figures[last]:
        last += 1
    return " ".join(words.folded[end:last]) or None


def _figures(words: Words, start: int, end: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for at in range(start, end):
        if words.figures[at]:
            found[words.folded[at]] += 1
    return found


def _other_names(left: Words, l0: int, l1: int, right: Words, r0: int, r1: int) -> list[tuple[str, str]]:
    """Names on both sides of a difference that are not each other's misspelling."""
    ours = [left.folded[i] for i in range(l0, l1) if left.names[i] and not left.figures[i]]
    others = [right.folded[i] for i in range(r0, r1) if right.names[i] and not right.figures[i]]
    if not ours or not others:
        return []
    only_ours = [each for each in ours if not any(ratio(each, other) >= _SAME_NAME for other in others)]
    only_others = [each for each in others if not any(ratio(each, other) >= _SAME_NAME for other in ours)]
    only_ours = [each for each in only_ours if not is_held(each, stretch(right, r0, r1))]
    only_others = [each for each in only_others if not is_held(each, stretch(left, l0, l1))]
    if only_ours and only_others:
        return [(" ".join(only_ours), " ".join(only_others))]
    return []


def headlines_differ_in_figures(
    left: str, right: str, language: str, explained: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Figures by which two headlines of one wording differ; empty when the wording differs, or nothing.

    `explained` are figures that do not count: the numbers that publishers give their releases.

    A republisher's own headline proves nothing. "Exchange rate of 3 May" and "of 4 May" do.
    """
    ours, others = _headline(left, language), _headline(right, language)
    mine, theirs = ours.figure_counts(), others.figure_counts()
    only_mine = [each for each in mine - theirs if each not in explained]
    only_theirs = [each for each in theirs - mine if each not in explained]
    if not only_mine or not only_theirs:
        return (), ()
    wording = [
        [word for word, figure in zip(each.folded, each.figures, strict=True) if not figure]
        for each in (ours, others)
    ]
    if len(wording[0]) < 2 or ratio(" ".join(wording[0]), " ".join(wording[1])) < _SAME_WORDING:
        return (), ()
    return tuple(sorted(only_mine)), tuple(sorted(only_theirs))


_SAME_WORDING = 85.0


@lru_cache(maxsize=20_000)
def _headline(title: str, language: str) -> Words:
    """Its words; a headline is compared with many."""
    return read_words(title, language)
