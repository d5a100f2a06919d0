"""The full text of statements in SQLite (FTS5) and PostgreSQL (tsvector): the same words, the same answers.

Both are given words that are folded and stemmed already and store no text of their own; what is asked of them
is built here, from words that hold letters and digits only, so nothing that a person types reaches their
languages of questions.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage.inserting import copy_rows
from storage.search.asking import EMPTY_WORDS, Asked, Term
from storage.search.words import APART, asked_forms, begins_run, fold

NAME = "statement_words"
_KEPT = "statement_words_kept"

_SQLITE = (
    # Words are made here, so the tokenizer has only to part them at spaces: `ascii` takes every character
    # beyond ASCII as part of a word.
    f"CREATE VIRTUAL TABLE {NAME} USING fts5(title, body, traits, content='', tokenize='ascii')",
    # An index without content forgets a document only when it is told its words (SQLite before 3.43).
    f"CREATE TABLE {_KEPT} (entry INTEGER PRIMARY KEY, words BLOB NOT NULL)",
)
PAIRS = "statement_word_pairs"
"""Function of PostgreSQL: a vector's pairs of words that stand side by side, each as PAIR."""
PAIR = "(hashtext({}) & 16383)"
"""The number of two words with a space between them. Not every pair has its own: with so few numbers the
index is written at places that are in memory, and of the texts with both words, one in sixty shares the
number by chance (of texts of 1,600 words one in ten)."""
_POSTGRESQL = (
    f"CREATE TABLE {NAME} (entry bigint PRIMARY KEY, words tsvector NOT NULL)",
    # Vectors lie apart from their rows, so that many rows are counted without reading them.
    f"ALTER TABLE {NAME} SET (toast_tuple_target = 128)",
    # Dear: to be read from its index, not made for entries that were found in another way.
    f"CREATE FUNCTION {PAIRS}(words tsvector) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE "  # noqa: S608
    "COST 40000 AS $$ SELECT array_agg(" + PAIR.format("word || ' ' || next_word") + ") FROM ("
    "SELECT lexeme AS word, place, lead(lexeme) OVER by_place AS next_word, "
    "lead(place) OVER by_place AS next_place "
    "FROM (SELECT lexeme, unnest(positions) AS place FROM unnest(words)) AS placed "
    "WINDOW by_place AS (ORDER BY place)) AS pairs WHERE next_place = place + 1 $$",
)
# A long list of pending entries is read through by every question.
_POSTGRESQL_INDEXES = {
    f"ix_{NAME}_words": f"CREATE INDEX ix_{NAME}_words ON {NAME} USING gin (words) "
    "WITH (gin_pending_list_limit = 256)",
    # An index of vectors does not know weights: without one of the titles alone, a word that is looked for in
    # them is read for in every text that has it.
    f"ix_{NAME}_titles": f"CREATE INDEX ix_{NAME}_titles ON {NAME} USING gin (ts_filter(words, '{{a}}')) "
    "WITH (gin_pending_list_limit = 256)",
    # Without it, all texts with the words of a phrase are read for it. Only phrases read what is pending.
    f"ix_{NAME}_pairs": f"CREATE INDEX ix_{NAME}_pairs ON {NAME} USING gin ({PAIRS}(words)) "
    "WITH (gin_pending_list_limit = 1024)",
}
# The pairs of words would be made anew whenever tables are analyzed.
_POSTGRESQL_UNANALYZED = f"ALTER INDEX ix_{NAME}_pairs ALTER COLUMN 1 SET STATISTICS 0"
_USUAL_BATCH, _LARGE_BATCH = 1 << 20, 32 << 20
"""Bytes of new words that FTS5 gathers before it writes them: larger ones leave less to be merged."""
_LARGEST = 900_000
"""Bytes of a tsvector that are filled; PostgreSQL refuses those of a megabyte."""
_LAST_PLACE = 16_383
_MOST_PLACES = 256


def make_tables(connection: Connection) -> None:
    """Make the index, empty."""
    for statement in _SQLITE if _is_sqlite(connection) else _POSTGRESQL:
        connection.exec_driver_sql(statement)
    if not _is_sqlite(connection):
        _make_indexes(connection)


def expect_many(connection: Connection) -> None:
    """Much is to be added at once; `settle` follows when that is done, in this transaction or a later one."""
    if _is_sqlite(connection):
        _gather(connection, _LARGE_BATCH)
    else:
        # Made once, they are made in minutes; entry by entry, in hours.
        for name in _POSTGRESQL_INDEXES:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")


def settle(connection: Connection) -> None:
    """From now on the index grows by little at a time."""
    if _is_sqlite(connection):
        _gather(connection, _USUAL_BATCH)
    else:
        # With less of it an index is written over and over.
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        _make_indexes(connection)
        # What the index of titles holds is known to the planner from then on.
        connection.exec_driver_sql(f"ANALYZE {NAME}")


def _make_indexes(connection: Connection) -> None:
    for statement in (*_POSTGRESQL_INDEXES.values(), _POSTGRESQL_UNANALYZED):
        connection.exec_driver_sql(statement)


def _gather(connection: Connection, size: int) -> None:
    connection.exec_driver_sql(
        f"INSERT INTO {NAME} ({NAME}, rank) VALUES ('hashsize', ?)",  # noqa: S608 - our own name
        (size,),
    )


def drop_tables(connection: Connection) -> None:
    """Take the index away."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {NAME}")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_KEPT}")
    if not _is_sqlite(connection):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {PAIRS}(tsvector)")


def is_part(name: str | None) -> bool:
    """Whether a table belongs to the index (SQLite's full text has tables of its own)."""
    return name is not None and name.startswith(NAME)


@dataclass(frozen=True, slots=True)
class Document:
    """What is looked through of one statement: words of all its versions, and its traits."""

    titles: tuple[tuple[str, ...], ...]
    bodies: tuple[tuple[str, ...], ...]
    traits: tuple[int, ...]

    def columns(self) -> tuple[str, str, str]:
        """Title, body and traits as text."""
        apart = f" {APART} "
        return (
            apart.join(" ".join(each) for each in self.titles),
            apart.join(" ".join(each) for each in self.bodies),
            " ".join(f"t{each}" for each in self.traits),
        )


def add(connection: Connection, documents: Mapping[int, Document]) -> None:
    """Put documents, by entry, into the index, which must not hold them yet."""
    if not documents:
        return
    if not _is_sqlite(connection):
        copy_rows(
            connection, NAME, ("entry", "words"), [(entry, vector(each)) for entry, each in documents.items()]
        )
        return
    columns = {entry: each.columns() for entry, each in documents.items()}
    connection.exec_driver_sql(
        f"INSERT INTO {NAME} (rowid, title, body, traits) VALUES (?, ?, ?, ?)",  # noqa: S608
        [(entry, *each) for entry, each in columns.items()],
    )
    connection.exec_driver_sql(
        f"INSERT INTO {_KEPT} (entry, words) VALUES (?, ?)",  # noqa: S608
        [(entry, zlib.compress("\n".join(each).encode(), 1)) for entry, each in columns.items()],
    )


def remove(connection: Connection, entries: Collection[int]) -> None:
    """Take entries out of the index."""
    if not entries:
        return
    if not _is_sqlite(connection):
        connection.exec_driver_sql(f"DELETE FROM {NAME} WHERE entry = ANY(%s)", (list(entries),))  # noqa: S608
        return
    for entry in entries:
        kept = connection.exec_driver_sql(f"SELECT words FROM {_KEPT} WHERE entry = ?", (entry,)).scalar()  # noqa: S608
        if kept is None:
            continue
        connection.exec_driver_sql(
            f"INSERT INTO {NAME} ({NAME}, rowid, title, body, traits) VALUES ('delete', ?, ?, ?, ?)",  # noqa: S608
            (entry, *zlib.decompress(kept).decode().split("\n")),
        )
        connection.exec_driver_sql(f"DELETE FROM {_KEPT} WHERE entry = ?", (entry,))  # noqa: S608


def vector(document: Document) -> str:
    """A document as PostgreSQL writes a tsvector: titles with weight A, bodies with none, traits as `#17`."""
    places: dict[str, list[str]] = {}
    place = size = 0
    for weight, texts in (("A", document.titles), ("", document.bodies)):
        for words in texts:
            for word in words:
                place += 1
                held = places.get(word)
                if held is None:
                    size += len(word.encode()) + 12
                    if size > _LARGEST:
                        break
                    held = places[word] = []
                if len(held) < _MOST_PLACES:
                    size += 2
                    held.append(f"{min(place, _LAST_PLACE)}{weight}")
            place += 1
    lexemes = [f"'{word}':{','.join(held)}" for word, held in places.items()]
    return " ".join([*lexemes, *(f"'#{each}'" for each in document.traits)])


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are looked for one behind the other."""

    words: tuple[str, ...]
    title: bool
    begins: bool
    """Whether the last word is the beginning of one."""
    in_a_row: bool = True
    """False: anywhere."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in the full text."""

    groups: tuple[tuple[Phrase, ...], ...]
    """All of them, of each one alternative."""
    excluded: tuple[Phrase, ...]
    nothing: bool = False
    """Something was asked that holds no word: no text answers it."""

    def __bool__(self) -> bool:
        return bool(self.groups or self.excluded or self.nothing)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Everything that a text is found by."""
        return tuple(each for group in self.groups for each in group)


def sought(asked: Asked, languages: Collection[str]) -> Sought:
    """What to look for: each term in the form that each of the languages gives it."""
    groups = [
        (group, tuple(phrase for term in group for phrase in _phrases(term, languages)))
        for group in asked.groups
    ]
    telling = [(group, phrases) for group, phrases in groups if phrases and not _is_empty(group)]
    kept = telling or [(group, phrases) for group, phrases in groups if phrases]
    excluded = tuple(phrase for term in asked.excluded for phrase in _phrases(term, languages))
    nothing = bool(asked.groups) and not kept
    return Sought(tuple(phrases for _, phrases in kept), excluded, nothing)


def _is_empty(group: Sequence[Term]) -> bool:
    return all(not each.begins and fold(each.text) in EMPTY_WORDS for each in group)


def _phrases(term: Term, languages: Collection[str]) -> list[Phrase]:
    if term.begins:
        forms = {asked_forms(term.text, "")}
    else:
        forms = {asked_forms(term.text, each) for each in ("", *languages)}
    return [
        Phrase(words, term.title, term.begins or begins_run(words[-1])) for words in sorted(forms) if words
    ]


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
