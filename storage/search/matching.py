"""Entries whose text holds what is sought, as each of the two databases finds them soonest.

PostgreSQL reckons reading a vector as next to nothing, and the words of a phrase as words anywhere. Left
alone, it goes back through the latest entries for a page of them, and where few answer, through all of
them. So it is asked first how many entries it expects (EXPLAIN), and told which of two ways to take. Phrases
it finds by the pairs of words in them, kept as numbers that several pairs may share (`storage.search.texts`):
whether the words stand in a row is looked at afterwards, in the few entries that are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, TextClause, bindparam, column, select, table, text

from storage.search.texts import NAME, PAIR, PAIRS, Phrase, Sought

# Microseconds on the machine of `benchmarks/README.md`; only what they are to each other matters.
_LATEST = 6.0
"""To read the vector of an entry, one after the other from the latest."""
_MET = 0.5
"""To meet an entry in the index of words, of which that of pairs leaves few."""
_FOUND = 3.5
"""To find an entry by the index, and to put it in order."""
_LOOKED_AT = 10.0
"""To look at the vector of an entry that was found."""
_SPREAD = 200
"""Of so many entries that have all words of a phrase one has them in a row: words of a usual text."""
_SHARED = 30
"""Of so many entries that have all words of a phrase one has its pairs of words, or their numbers."""
_MOST_PAIRS = 8
"""Of one phrase that are looked for: more of them find no fewer entries."""


def matching(
    connection: Connection,
    wanted: Sought,
    having: Sequence[int],
    without: Sequence[int],
    *,
    entries: int,
    limit: int,
) -> tuple[Select[Any], ColumnElement[int]]:
    """Entries whose text holds what is sought and that have, and have not, these traits; and the column of
    their numbers. Where no words are sought, `having` must not be empty. `entries` are there in all; the
    latest `limit` of those that are found will be read."""
    if connection.dialect.name == "sqlite":
        words = table(NAME, column("rowid"))
        entry: ColumnElement[int] = words.c.rowid
        condition = text(f"{NAME} MATCH :sought").bindparams(sought=_for_sqlite(wanted, having, without))
        return select(entry.label("entry")).select_from(words).where(condition), entry
    words = table(NAME, column("entry"), column("words"))
    whole = _conditions(wanted, having, without)
    # What the indexes answer by themselves: the words of phrases wherever they stand, and pairs of them.
    told = _without_places(wanted, whole, having, without)
    # By the words alone: of pairs there are no statistics, which would be dear to make.
    estimated = _estimate(connection, replace(told, pairs=()))
    placed = told != whole
    if _is_read_from_the_latest(estimated, entries, limit, placed=placed, by_pairs=bool(told.pairs)):
        return select(words.c.entry).where(_as_sql(whole)), words.c.entry
    found = select(words.c.entry).where(_as_sql(told)).cte("found")
    found = found.prefix_with("MATERIALIZED", dialect="postgresql")
    if not placed:
        return select(found.c.entry), found.c.entry
    # An offset keeps the order inside: vectors are looked at one after the other until a page is full.
    latest = select(found.c.entry).order_by(found.c.entry.desc()).offset(0).subquery("latest")
    looked_at = words.alias("looked_at")
    answers = (
        select(_as_sql(whole, "looked_at")).select_from(looked_at).where(looked_at.c.entry == latest.c.entry)
    )
    return select(latest.c.entry).where(answers.scalar_subquery()), latest.c.entry


def _is_read_from_the_latest(
    found: int, entries: int, limit: int, *, placed: bool, by_pairs: bool = False
) -> bool:
    """Whether going back from the latest entry is the shorter way. `found`: entries that have the words;
    `placed`: their vectors must be looked at; `by_pairs`: only of those that the index of pairs leaves."""
    found = max(1, found)
    answering = max(1, found // _SPREAD) if placed else found
    from_the_latest = min(entries, limit * entries / answering) * _LATEST
    left = found / _SHARED if by_pairs else found
    by_the_index = left * _FOUND + (found * _MET if by_pairs else 0)
    if placed:
        by_the_index += min(left, limit * _SPREAD) * _LOOKED_AT
    return from_the_latest < by_the_index


@dataclass(frozen=True, slots=True)
class _Conditions:
    """Questions as PostgreSQL writes them; empty: none."""

    words: str
    titles: str
    """To the words of the titles alone."""
    pairs: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """To the pairs of words: one alternative of each group, of it every pair."""


def _conditions(wanted: Sought, having: Sequence[int], without: Sequence[int]) -> _Conditions:
    titles = tuple(group for group in wanted.groups if _is_of_titles(group))
    others = tuple(group for group in wanted.groups if group not in titles)
    return _Conditions(
        _for_postgresql(replace(wanted, groups=others), having, without),
        _for_postgresql(Sought(titles, ()), (), (), weighed=False),
    )


def _without_places(
    wanted: Sought, whole: _Conditions, having: Sequence[int], without: Sequence[int]
) -> _Conditions:
    """Found by everything that is sought, and by more: of phrases, each word and pair of words by itself."""
    groups = tuple(
        tuple(replace(each, in_a_row=False, title=each.title and _is_of_titles(group)) for each in group)
        for group in wanted.groups
    )
    excluded = tuple(each for each in wanted.excluded if len(each.words) == 1 and not each.title)
    told = _conditions(Sought(groups, excluded), having, without)
    if told == whole:
        return told
    pairs = (_pairs_of(group) for group in wanted.groups if not _is_of_titles(group))
    return replace(told, pairs=tuple(dict.fromkeys(each for each in pairs if each)))


def _is_of_titles(group: Sequence[Phrase]) -> bool:
    return all(each.title for each in group)


def _pairs_of(group: Sequence[Phrase]) -> tuple[tuple[str, ...], ...]:
    """The pairs of words of each alternative; empty when one of them has none."""
    pairs = [_pairs(each) for each in group]
    return tuple(dict.fromkeys(pairs)) if all(pairs) else ()


def _pairs(phrase: Phrase) -> tuple[str, ...]:
    whole = phrase.words[:-1] if phrase.begins else phrase.words
    return tuple(f"{one} {other}" for one, other in pairwise(whole))[:_MOST_PAIRS]


def _written(conditions: _Conditions, of: str) -> tuple[str, dict[str, str]]:
    """As SQL with named values, and these. The names are the table's: one query may hold two conditions."""
    parts: list[str] = []
    values: dict[str, str] = {}

    def named(value: str) -> str:
        values[f"{of}_{len(values)}"] = value
        return f":{of}_{len(values) - 1}"

    if conditions.titles:
        parts.append(f"ts_filter({of}.words, '{{a}}') @@ CAST({named(conditions.titles)} AS tsquery)")
    if conditions.words:
        parts.append(f"{of}.words @@ CAST({named(conditions.words)} AS tsquery)")
    for group in conditions.pairs:
        alternatives = (
            f"{PAIRS}({of}.words) @> ARRAY[{', '.join(PAIR.format(named(each)) for each in pairs)}]"
            for pairs in group
        )
        parts.append(f"({' OR '.join(alternatives)})")
    return " AND ".join(parts), values


def _as_sql(conditions: _Conditions, of: str = NAME) -> TextClause:
    written, values = _written(conditions, of)
    return text(written).bindparams(
        *(bindparam(name, value, literal_execute=True) for name, value in values.items())
    )


def _estimate(connection: Connection, conditions: _Conditions) -> int:
    """How many entries there are of a question, as PostgreSQL's statistics say."""
    written, values = _written(conditions, NAME)
    plan = connection.scalar(text(f"EXPLAIN (FORMAT JSON) SELECT FROM {NAME} WHERE {written}"), values)
    return int(plan[0]["Plan"]["Plan Rows"])


def _for_sqlite(wanted: Sought, having: Sequence[int], without: Sequence[int]) -> str:
    def shown(phrase: Phrase) -> str:
        where = "title" if phrase.title else "{title body}"
        return f'{where} : "{" ".join(phrase.words)}"{" *" if phrase.begins else ""}'

    parts = [f"({' OR '.join(shown(each) for each in group)})" for group in wanted.groups]
    parts += [f'traits : "t{each}"' for each in having]
    question = " AND ".join(parts)
    against = [shown(each) for each in wanted.excluded] + [f'traits : "t{each}"' for each in without]
    return f"({question}) NOT ({' OR '.join(against)})" if against else question


def _for_postgresql(
    wanted: Sought, having: Sequence[int], without: Sequence[int], *, weighed: bool = True
) -> str:
    def shown(phrase: Phrase) -> str:
        marks = ["A" if phrase.title and weighed else ""] * len(phrase.words)
        if phrase.begins:
            marks[-1] = f"*{marks[-1]}"
        words = [
            f"'{word}'{':' + mark if mark else ''}" for word, mark in zip(phrase.words, marks, strict=True)
        ]
        return f"({(' <-> ' if phrase.in_a_row else ' & ').join(words)})"

    parts = [f"({' | '.join(shown(each) for each in group)})" for group in wanted.groups]
    parts += [f"'#{each}'" for each in having]
    parts += [f"!{shown(each)}" for each in wanted.excluded] + [f"!'#{each}'" for each in without]
    return " & ".join(parts)
