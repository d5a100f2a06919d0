"""Stretches of two texts that are one stretch, read badly: from paper, by a machine, through a bad copy.

"tbaf c- onvoys" is "that convoys". Between words that are read well, such a stretch has about the letters of
the other in about their order. Another wording has not, and neither has another figure: what is read badly
turns into something that is no figure, hardly ever into another one.
"""

from __future__ import annotations

from rapidfuzz.fuzz import partial_ratio, ratio

from pipelines.linking.words import Words

_ALIKE = 72.0
_ALIKE_WHEN_SHORT = 80.0
"""Percent of letters in order from which on two stretches are one; more where there are few letters."""
_SHORT = 12
_ALIKE_IN_PART = 80.0
_LENGTHS = (0.6, 1.6)
_LEAST_IN_PART = 40
"""Letters of a stretch that is looked for in a longer one."""
_LOOK_ALIKE = str.maketrans("0158iı|", "olsblll")
_HELD = 85.0


def stretch(words: Words, start: int, end: int) -> str:
    """The letters of some words in a row, without spaces; what scanners take for each other is one letter."""
    return "".join(words.folded[start:end]).translate(_LOOK_ALIKE).translate(_NO_POINTS)


_NO_POINTS = str.maketrans("", "", ".,:/")


def read_badly(one: str, other: str) -> bool:
    """Whether two stretches are as long as each other, about, and alike in letters."""
    if not one or not other or not _LENGTHS[0] <= len(one) / len(other) <= _LENGTHS[1]:
        return False
    wanted = _ALIKE if min(len(one), len(other)) >= _SHORT else _ALIKE_WHEN_SHORT
    return ratio(one, other, score_cutoff=wanted) > 0


def read_badly_in_part(one: str, other: str) -> bool:
    """Whether the shorter of two stretches stands, read badly, somewhere in the longer."""
    if min(len(one), len(other)) < _LEAST_IN_PART:
        return False
    return partial_ratio(one, other, score_cutoff=_ALIKE_IN_PART) > 0


def is_held(word: str, other: str) -> bool:
    """Whether a word may be what is left of a part of the other stretch, or the other way round."""
    letters = word.translate(_LOOK_ALIKE).translate(_NO_POINTS)
    if letters in other:
        return True
    return len(letters) >= 4 and not word[0].isdigit() and partial_ratio(letters, other) >= _HELD
