"""Groups of releases joined by what their texts say, one decision for two groups instead of one for a pair.

Every pair of releases speaks, the silent ones too: two texts of one language that share nothing speak loudly
against their groups. The mean over all pairs of two groups decides; the two groups of the highest mean are
joined first, until no mean is positive. So one false resemblance does not join two statements, and one weak
translation is carried by the strong ones beside it.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from pipelines.linking.scripts import LANGUAGE, NOTHING, SCRIPT, relation

Pair = tuple[str, str]

SILENCE: Mapping[str, float] = {LANGUAGE: -4.5, SCRIPT: -2.25, NOTHING: -1.5}
"""Margin that a pair without evidence counts as, by what its languages have in common."""
SILENCE_OF_A_PART = 0.5
"""What is left of a silence when one of the two is known to hold only a part of its text: what the other
says may stand in the rest."""
LOUDEST = 9.0
"""No pair counts for more than this, either way."""


def join_groups(
    groups: Mapping[str, Sequence[str]],
    margins: Mapping[Pair, float],
    languages: Mapping[str, str],
    may_join: Callable[[str, str], bool],
    join: Callable[[str, str], str],
    parts: Collection[str] = (),
) -> None:
    """Join groups of which the mean margin is positive, the highest first.

    `groups`: name -> releases. `margins`: pair of releases (smaller id first) -> logit over the one from
    which a pair may be joined. `may_join` says whether two groups, by names, may be joined; the answer for
    two groups may only change from yes to no as they grow. `join` joins two groups and gives the name.
    `parts`: releases known to hold only a part of their text. Equal means are taken in the order of names.
    """
    state = _State(groups, margins, languages, parts)
    heap = [(-state.mean(*pair), *pair) for pair in state.pairs()]
    heap = [each for each in heap if each[0] < 0]
    heapq.heapify(heap)
    while heap:
        _, one, other = heapq.heappop(heap)
        if not state.current(one, other) or not may_join(one[0], other[0]):
            continue
        merged = state.merge(one, other, join(one[0], other[0]))
        for neighbour in state.neighbours(merged):
            mean = state.mean(merged, neighbour)
            if mean > 0:
                heapq.heappush(heap, (-mean, min(merged, neighbour), max(merged, neighbour)))


_Group = tuple[str, int]
"""Name, and size: a group that has grown is another."""
_Voice = tuple[str, bool]
"""Language of a release, and whether it holds only a part of its text."""


class _State:
    def __init__(
        self,
        groups: Mapping[str, Sequence[str]],
        margins: Mapping[Pair, float],
        languages: Mapping[str, str],
        parts: Collection[str],
    ) -> None:
        of: dict[str, _Group] = {}
        self._voices: dict[_Group, Counter[_Voice]] = {}
        for name, releases in groups.items():
            group = (name, len(releases))
            of.update(dict.fromkeys(releases, group))
            self._voices[group] = Counter((languages[each], each in parts) for each in releases)
        self._told: dict[_Group, dict[_Group, float]] = defaultdict(lambda: defaultdict(float))
        """What pairs with evidence say beyond their silence."""
        for (left, right), margin in margins.items():
            one, other = of[left], of[right]
            if one != other:
                said = max(-LOUDEST, min(LOUDEST, margin)) - _silence(
                    (languages[left], left in parts), (languages[right], right in parts)
                )
                self._told[one][other] += said
                self._told[other][one] += said

    def pairs(self) -> list[tuple[_Group, _Group]]:
        return [(one, other) for one, others in self._told.items() for other in others if one < other]

    def mean(self, one: _Group, other: _Group) -> float:
        ours, theirs = self._voices[one], self._voices[other]
        total = self._told[one][other]
        for mine, many in ours.items():
            for yours, more in theirs.items():
                total += many * more * _silence(mine, yours)
        return total / (one[1] * other[1])

    def current(self, one: _Group, other: _Group) -> bool:
        return one in self._voices and other in self._voices

    def neighbours(self, group: _Group) -> list[_Group]:
        return sorted(self._told[group])

    def merge(self, one: _Group, other: _Group, name: str) -> _Group:
        merged = (name, one[1] + other[1])
        voices = self._voices.pop(one) + self._voices.pop(other)
        told: dict[_Group, float] = defaultdict(float)
        for each in (one, other):
            for neighbour, said in self._told.pop(each).items():
                if neighbour not in (one, other):
                    told[neighbour] += said
        self._voices[merged] = voices
        self._told[merged] = told
        for neighbour, said in told.items():
            self._told[neighbour].pop(one, None)
            self._told[neighbour].pop(other, None)
            self._told[neighbour][merged] = said
        return merged


def _silence(left: _Voice, right: _Voice) -> float:
    said = SILENCE[relation(left[0], right[0])]
    return said * SILENCE_OF_A_PART if left[1] or right[1] else said
