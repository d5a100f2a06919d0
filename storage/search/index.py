"""Keeping the index: entries, traits, counts and words of every statement that was touched.

Who changes statements or releases says so (`touch`, `touch_releases`); `storage.database.Database.write`
calls `settle` before it commits, so that lists and search never differ from what is stored, whatever ends the
process. Settling twice changes nothing; everything can be made anew (`rebuild`).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from storage.inserting import insert_many
from storage.search import texts
from storage.search.texts import Document
from storage.search.words import primary, words_of
from storage.search_tables import (
    EntryRow,
    EntrySortRow,
    EntryTraitRow,
    TraitCountRow,
    TraitPairRow,
    TraitRow,
)
from storage.tables import ReleaseRow, RevisionRow, StatementRow
from storage.walks import CHUNK

SHIFT = 24
"""Bits of an entry's number that count within a day."""
ALL, YEAR, MONTH, DAY = range(4)
EVERY = ("all", "")
"""The trait that every entry has."""

_PENDING = "communique_touched"
Trait = tuple[str, str]


def first_of(day: date) -> int:
    """The smallest number that an entry of the day may have."""
    return day.toordinal() << SHIFT


def day_of(number: int) -> date:
    """The day of an entry, when it was said."""
    return date.fromordinal(number >> SHIFT)


def touch(connection: Connection, statements: Iterable[str]) -> None:
    """Statements changed in this transaction: their entries are made anew before it is committed."""
    _pending(connection)[0].update(statements)


def touch_releases(connection: Connection, releases: Iterable[str]) -> None:
    """Releases changed in this transaction: their statements, as they are at its end, are made anew."""
    _pending(connection)[1].update(releases)


def forget(connection: Connection) -> None:
    """Nothing was touched: the transaction begins, or was rolled back."""
    connection.info.pop(_PENDING, None)


def settle(connection: Connection) -> None:
    """Make the entries of everything that was touched anew."""
    if _PENDING not in connection.info:
        return
    statements, releases = connection.info.pop(_PENDING)
    for some in _chunks(releases):
        statements.update(
            connection.scalars(select(ReleaseRow.statement_id).where(ReleaseRow.id.in_(some)).distinct())
        )
    for some in _chunks(statements):
        _index(connection, some)


def rebuild(connection: Connection, tell: Callable[[int], object] = lambda _number: None) -> int:
    """Make the whole index anew from statements and releases; returns how many statements are in it.

    In order of days, so that numbers follow each other.
    """
    texts.drop_tables(connection)
    texts.make_tables(connection)
    texts.expect_many(connection)
    for derived in (EntryTraitRow, EntryRow, TraitRow):
        connection.execute(delete(derived))
    changes = _Changes()
    ids: dict[Trait, int] = {}
    day, number, done = date.min, 0, 0
    for some in _living(connection):
        entries = _entries(connection, some)
        missing = {trait for entry in entries.values() for trait in entry.traits} - set(ids)
        if missing:
            ids |= _trait_ids(connection, missing)
        for each in some:
            entry = entries.get(each)
            if entry is None:
                continue
            number = number + 1 if entry.day == day else first_of(entry.day)
            day = entry.day
            document = _document(entry, ids)
            changes.add(number, each, document, _digest(document))
        changes.write_entries(connection)
        done += len(some)
        tell(done)
    recount(connection)
    texts.settle(connection)
    return done


def recount(connection: Connection) -> None:
    """Make the counts anew from the entries."""
    for derived in (EntrySortRow, TraitPairRow, TraitCountRow):
        connection.execute(delete(derived))
    changes = _Changes()
    for number, traits in connection.execute(select(EntryRow.number, EntryRow.traits)):
        changes.count(number, tuple(int(each) for each in traits.split()), 1)
    changes.write_counts(connection)


def _living(connection: Connection) -> Iterator[list[str]]:
    """Ids of all living statements in order of their days, some at a time."""
    order = (StatementRow.said_on, StatementRow.id)
    after: tuple[date, str] | None = None
    while True:
        query = select(*order).where(StatementRow.merged_into.is_(None)).order_by(*order).limit(CHUNK)
        if after is not None:
            day, last = after
            query = query.where(
                (StatementRow.said_on > day) | ((StatementRow.said_on == day) & (StatementRow.id > last))
            )
        rows = connection.execute(query).all()
        if not rows:
            return
        yield [row.id for row in rows]
        after = (rows[-1].said_on, rows[-1].id)


def fill_when_empty(connection: Connection) -> None:
    """Make the index of a database that had statements before it had an index."""
    some_statement = connection.scalar(select(StatementRow.id).limit(1))
    if some_statement is not None and connection.scalar(select(EntryRow.number).limit(1)) is None:
        rebuild(connection)


def count_entries(connection: Connection) -> int:
    """How many statements are in the index."""
    return connection.scalar(select(func.count()).select_from(EntryRow)) or 0


def _pending(connection: Connection) -> tuple[set[str], set[str]]:
    pending: tuple[set[str], set[str]] = connection.info.setdefault(_PENDING, (set(), set()))
    return pending


def _chunks(ids: Collection[str]) -> list[list[str]]:
    ordered = sorted(ids)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is to stand in the index for a statement."""

    day: date
    traits: tuple[Trait, ...]
    titles: tuple[tuple[str, ...], ...]
    bodies: tuple[tuple[str, ...], ...]


_RELEASE = select(
    ReleaseRow.id,
    ReleaseRow.statement_id,
    ReleaseRow.source,
    ReleaseRow.language,
    ReleaseRow.role,
    ReleaseRow.title,
    ReleaseRow.summary,
    ReleaseRow.body,
    ReleaseRow.folio,
    ReleaseRow.issuers,
    ReleaseRow.withdrawn,
).order_by(ReleaseRow.id)


# Asked for every day of every batch of a crawl: built once.
_LAST = select(func.max(EntryRow.number)).where(
    EntryRow.number >= bindparam("first"), EntryRow.number < bindparam("beyond")
)


def _index(connection: Connection, statements: Sequence[str]) -> None:
    wanted = _entries(connection, statements)
    rows = connection.execute(select(EntryRow).where(EntryRow.statement_id.in_(statements)))
    present = {row.statement_id: row for row in rows}
    ids = _trait_ids(connection, {trait for entry in wanted.values() for trait in entry.traits})
    numbers = _numbers(connection, wanted, present)
    changes = _Changes()
    for each in statements:
        entry, before = wanted.get(each), present.get(each)
        if entry is None:
            if before is not None:
                changes.remove(before)
            continue
        document = _document(entry, ids)
        number, digest = numbers[each], _digest(document)
        if before is not None and (before.number, before.digest) == (number, digest):
            continue
        if before is not None:
            changes.remove(before)
        changes.add(number, each, document, digest)
    changes.write_entries(connection)
    changes.write_counts(connection)


def _entries(connection: Connection, statements: Sequence[str]) -> dict[str, _Entry]:
    living = {
        row.id: row
        for row in connection.execute(
            select(StatementRow.id, StatementRow.said_on, StatementRow.kind).where(
                StatementRow.id.in_(statements), StatementRow.merged_into.is_(None)
            )
        )
    }
    releases: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(_RELEASE.where(ReleaseRow.statement_id.in_(list(living)))):
        releases[row.statement_id].append(row)
    several = select(RevisionRow.release_id).group_by(RevisionRow.release_id).having(func.count() > 1)
    ids = [row.id for rows in releases.values() for row in rows]
    edited = set(connection.scalars(several.where(RevisionRow.release_id.in_(ids))))
    return {
        each: _entry(living[each], releases[each], any(row.id in edited for row in releases[each]))
        for each in living
        if releases[each]
    }


def _entry(statement: Any, releases: Sequence[Any], edited: bool) -> _Entry:  # noqa: ANN401 - rows
    traits: dict[Trait, None] = {EVERY: None, ("kind", statement.kind): None}
    titles: dict[tuple[str, ...], None] = {}
    bodies: dict[tuple[str, ...], None] = {}
    for row in releases:
        language = primary(row.language)
        for issuer in row.issuers:
            traits["issuer", issuer] = traits["country", issuer.split(".")[0]] = None
        for trait in (("language", language), ("source", row.source), ("role", row.role)):
            traits[trait] = None
        if row.withdrawn is not None:
            traits["is", "withdrawn"] = None
        titles[tuple(words_of(row.title, language))] = None
        body = "\n".join(each for each in (row.summary, row.body, row.folio) if each)
        bodies[tuple(words_of(body, language))] = None
    languages = [value for dimension, value in traits if dimension == "language"]
    if len(languages) > 1 or ("role", "translation") in traits:
        traits["is", "has_translation"] = None
    if edited:
        traits["is", "edited"] = None
    return _Entry(statement.said_on, tuple(traits), tuple(titles), tuple(bodies))


def _document(entry: _Entry, ids: Mapping[Trait, int]) -> Document:
    return Document(entry.titles, entry.bodies, tuple(sorted(ids[each] for each in entry.traits)))


def _digest(document: Document) -> str:
    return hashlib.blake2b("\n".join(document.columns()).encode(), digest_size=16).hexdigest()


def _trait_ids(connection: Connection, traits: Collection[Trait]) -> dict[Trait, int]:
    found = _known_traits(connection, traits)
    missing = sorted(set(traits) - set(found))
    if missing:
        connection.execute(insert(TraitRow), [{"dimension": each[0], "value": each[1]} for each in missing])
        found = _known_traits(connection, traits)
    return found


def _known_traits(connection: Connection, traits: Collection[Trait]) -> dict[Trait, int]:
    query = select(TraitRow).where(TraitRow.value.in_({value for _, value in traits}))
    found = {(row.dimension, row.value): row.id for row in connection.execute(query)}
    return {each: found[each] for each in traits if each in found}


def _numbers(
    connection: Connection, wanted: dict[str, _Entry], present: dict[str, Row[*tuple[Any, ...]]]
) -> dict[str, int]:
    """The number of each entry: the one that it has while its day is the same, or the next of its day."""
    numbers: dict[str, int] = {}
    new: defaultdict[date, list[str]] = defaultdict(list)
    for each, entry in wanted.items():
        before = present.get(each)
        if before is not None and day_of(before.number) == entry.day:
            numbers[each] = before.number
        else:
            new[entry.day].append(each)
    for day, statements in new.items():
        first = first_of(day)
        last = connection.scalar(_LAST, {"first": first, "beyond": first + (1 << SHIFT)})
        following = first if last is None else last + 1
        numbers.update({each: following + place for place, each in enumerate(sorted(statements))})
    return numbers


class _Changes:
    """What is to be written, gathered."""

    def __init__(self) -> None:
        self._gone: list[int] = []
        self._new: list[tuple[int, str, str, str]] = []
        self._traits: list[tuple[int, int]] = []
        self._documents: dict[int, Document] = {}
        self._by_day: Counter[tuple[int, int]] = Counter()
        """By trait and day."""
        self._sorts: Counter[tuple[int, ...]] = Counter()
        """By all traits of an entry."""

    def remove(self, row: Any) -> None:  # noqa: ANN401 - a row of entries
        self._gone.append(row.number)
        self.count(row.number, tuple(int(each) for each in row.traits.split()), -1)

    def add(self, number: int, statement: str, document: Document, digest: str) -> None:
        self._new.append((number, statement, " ".join(map(str, document.traits)), digest))
        self._traits += [(each, number) for each in document.traits]
        self._documents[number] = document
        self.count(number, document.traits, 1)

    def count(self, number: int, traits: tuple[int, ...], by: int) -> None:
        """An entry with these traits comes (1) or goes (-1)."""
        day = number >> SHIFT
        for trait in traits:
            self._by_day[trait, day] += by
        self._sorts[traits] += by

    def write_entries(self, connection: Connection) -> None:
        """Write all but the counts."""
        for some in (self._gone[at : at + CHUNK] for at in range(0, len(self._gone), CHUNK)):
            traits = connection.scalars(select(EntryRow.traits).where(EntryRow.number.in_(some)))
            had = {int(trait) for each in traits for trait in each.split()}
            connection.execute(
                delete(EntryTraitRow).where(EntryTraitRow.trait.in_(had), EntryTraitRow.entry.in_(some))
            )
            connection.execute(delete(EntryRow).where(EntryRow.number.in_(some)))
        texts.remove(connection, self._gone)
        insert_many(connection, EntryRow, ("number", "statement_id", "traits", "digest"), self._new)
        insert_many(connection, EntryTraitRow, ("trait", "entry"), self._traits)
        texts.add(connection, self._documents)
        self._gone, self._new, self._traits, self._documents = [], [], [], {}

    def write_counts(self, connection: Connection) -> None:
        """Bring the counts to where all that was added and removed leaves them."""
        counts: Counter[tuple[int, int, int]] = Counter()
        for (trait, ordinal), by in self._by_day.items():
            day = date.fromordinal(ordinal)
            counts[trait, ALL, 0] += by
            counts[trait, YEAR, day.replace(month=1, day=1).toordinal()] += by
            counts[trait, MONTH, day.replace(day=1).toordinal()] += by
            counts[trait, DAY, ordinal] += by
        pairs: Counter[tuple[int, int]] = Counter()
        sorts: Counter[tuple[str]] = Counter()
        for traits, by in self._sorts.items():
            sorts[(" ".join(map(str, traits)),)] += by
            for pair in permutations(traits, 2):
                pairs[pair] += by
        _add_up(connection, "trait_counts", ("trait", "span", "start"), counts)
        _add_up(connection, "trait_pairs", ("one", "other"), pairs)
        _add_up(connection, "entry_sorts", ("traits",), sorts)
        self._by_day, self._sorts = Counter(), Counter()


def _add_up(connection: Connection, name: str, key: tuple[str, ...], changes: Counter[Any]) -> None:
    """Add to the numbers of a table of counts; counts of nothing are taken out."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    rows = [(*each, by) for each, by in sorted(changes.items()) if by]
    if not rows:
        return
    keys, marks = ", ".join(key), ", ".join([mark] * (len(key) + 1))
    # Names of our own tables and columns.
    connection.exec_driver_sql(
        f"INSERT INTO {name} ({keys}, number) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT ({keys}) DO UPDATE SET number = {name}.number + excluded.number",
        rows,
    )
    fewer = [row[:-1] for row in rows if row[-1] < 0]
    if fewer:
        where = " AND ".join(f"{each} = {mark}" for each in key)
        connection.exec_driver_sql(f"DELETE FROM {name} WHERE {where} AND number <= 0", fewer)  # noqa: S608
