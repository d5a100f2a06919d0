"""Names of persons that two versions do not share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.linking.flags import NAME, Flag
from pipelines.linking.names import Name, Naming, same_word
from pipelines.linking.rows import Alignment, Text


def differing_names(left: Text, right: Text, alignment: Alignment) -> Iterator[Flag]:
    """Names of several words that stand against each other and are not the same.

    One word alone may be a place, and places have other names in other languages.
    """
    ours = Naming([each.text for each in alignment.left], left.language)
    theirs = Naming([each.text for each in alignment.right], right.language)
    if not (ours.cased and theirs.cased):
        return
    seen: set[tuple[str, str]] = set()
    for row in alignment.rows:
        for one, other in row.sentences:
            mine = [name for name in ours.names if name.sentence in one and len(name.words) > 1]
            others = [name for name in theirs.names if name.sentence in other and len(name.words) > 1]
            for name, instead in _other_names(mine, others, ours, theirs):
                if (str(name), str(instead)) not in seen:
                    seen.add((str(name), str(instead)))
                    yield Flag(
                        NAME,
                        str(name),
                        str(instead),
                        alignment.left[name.sentence].paragraph,
                        alignment.right[instead.sentence].paragraph,
                    )


def _other_names(
    mine: Sequence[Name], others: Sequence[Name], ours: Naming, theirs: Naming
) -> Iterator[tuple[Name, Name]]:
    wholly: list[Name] = []
    for name in mine:
        if all(theirs.has(word) for word in name.words):
            continue
        partly = [other for other in others if _in_part(name, other, ours, theirs)]
        if partly:
            yield name, partly[0]
        elif not any(theirs.has(word) for word in name.words):
            wholly.append(name)
    instead = [other for other in others if not any(ours.has(word) for word in other.words)]
    if len(wholly) == len(instead) == 1 and len(wholly[0].words) == len(instead[0].words):
        yield wholly[0], instead[0]


def _in_part(name: Name, other: Name, ours: Naming, theirs: Naming) -> bool:
    """Whether a part of two names is the same and the rest found nowhere: Camarillo Prado, Pardal Prado."""
    if len(name.words) != len(other.words):
        return False
    same = [same_word(one, instead) for one, instead in zip(name.words, other.words, strict=True)]
    if not any(same) or all(same):
        return False
    return all(
        alike or not (theirs.has(one) or ours.has(instead))
        for alike, one, instead in zip(same, name.words, other.words, strict=True)
    )
