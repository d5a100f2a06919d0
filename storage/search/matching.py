"""Entries whose text holds what is sought, as each of the two databases finds them soonest.

PostgreSQL reckons reading a vector as next to nothing, and the words of a phrase as words anywhere. Left
alone, it goes back through the latest entries for a page of them, and where few answer, through all of them.
So it is asked first how many entries it expects (EXPLAIN), and told which of two ways to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, TextClause, bindparam, column, select, table, text

from storage.search.texts import NAME, Phrase, Sought

# Microseconds on the machine of `benchmarks/README.md`; only what they are to each other matters.
_LATEST = 6.0
"""To read the vector of an entry, one after the other from the latest."""
_FOUND = 3.5
"""To find an entry by the index, and to put it in order."""
_LOOKED_AT = 10.0
"""To look at the vector of an entry that was found."""
_SPREAD = 200
"""Of so many entries that have all words of a phrase one has them in a row: words of a usual text."""


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
    # What the index answers by itself: the words of phrases, wherever they stand.
    told = _conditions(_without_places(wanted), having, without)
    if _is_read_from_the_latest(_estimate(connection, told), entries, limit, placed=told != whole):
        return select(words.c.entry).where(_as_sql(whole)), words.c.entry
    found = select(words.c.entry).where(_as_sql(told)).cte("found")
    found = found.prefix_with("MATERIALIZED", dialect="postgresql")
    if told == whole:
        return select(found.c.entry), found.c.entry
    # An offset keeps the order inside: vectors are looked at one after the other until a page is full.
    latest = select(found.c.entry).order_by(found.c.entry.desc()).offset(0).subquery("latest")
    looked_at = words.alias("looked_at")
    answers = (
        select(_as_sql(whole, "looked_at")).select_from(looked_at).where(looked_at.c.entry == latest.c.entry)
    )
    return select(latest.c.entry).where(answers.scalar_subquery()), latest.c.entry


def _is_read_from_the_latest(found: int, entries: int, limit: int, *, placed: bool) -> bool:
    """Whether going back from the latest entry is the shorter way. `found`: entries that the index finds;
    `placed`: their vectors must be looked at."""
    found = max(1, found)
    answering = max(1, found // _SPREAD) if placed else found
    from_the_latest = min(entries, limit * entries / answering) * _LATEST
    by_the_index = found * _FOUND
    if placed:
        by_the_index += min(found, limit * _SPREAD) * _LOOKED_AT
    return from_the_latest < by_the_index


def _without_places(wanted: Sought) -> Sought:
    """Found by everything that is sought, and by more: of phrases, each word by itself."""
    groups = tuple(
        tuple(
            replace(each, in_a_row=False, title=each.title and all(other.title for other in group))
            for each in group
        )
        for group in wanted.groups
    )
    excluded = tuple(each for each in wanted.excluded if len(each.words) == 1 and not each.title)
    return replace(wanted, groups=groups, excluded=excluded)


@dataclass(frozen=True, slots=True)
class _Conditions:
    """Questions as PostgreSQL writes them; empty: none."""

    words: str
    titles: str
    """To the words of the titles alone."""


def _conditions(wanted: Sought, having: Sequence[int], without: Sequence[int]) -> _Conditions:
    titles = tuple(group for group in wanted.groups if all(each.title for each in group))
    others = tuple(group for group in wanted.groups if group not in titles)
    return _Conditions(
        _for_postgresql(replace(wanted, groups=others), having, without),
        _for_postgresql(Sought(titles, ()), (), (), weighed=False),
    )


def _as_sql(conditions: _Conditions, of: str = NAME) -> TextClause:
    parts = {
        "titles": (conditions.titles, f"ts_filter({of}.words, '{{a}}') @@ CAST(:titles AS tsquery)"),
        "sought": (conditions.words, f"{of}.words @@ CAST(:sought AS tsquery)"),
    }
    asked = {name: each for name, each in parts.items() if each[0]}
    return text(" AND ".join(condition for _, condition in asked.values())).bindparams(
        *(bindparam(name, question, literal_execute=True) for name, (question, _) in asked.items())
    )


def _estimate(connection: Connection, conditions: _Conditions) -> int:
    """How many entries there are of a question, as PostgreSQL's statistics say."""
    asked = {"sought": conditions.words, "titles": conditions.titles}
    plan = connection.scalar(
        text(f"EXPLAIN (FORMAT JSON) SELECT FROM {NAME} WHERE {_as_sql(conditions).text}"),
        {name: value for name, value in asked.items() if value},
    )
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
