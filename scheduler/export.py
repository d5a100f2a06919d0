"""Exports of statements: files of rows with a card that says what is in them, under which terms."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from storage.export import COLUMNS, Column, Exported
from storage.search.filters import Filter
from storage.sheets import open_sheet, standard_output, whole_file

if TYPE_CHECKING:
    from crawler.source import Source

FORMATS = ("jsonl", "csv", "parquet", "atom")
_ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".atom": "atom",
    ".xml": "atom",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be exported, and how."""

    wanted: Filter
    format: str
    only_official: bool = False
    one_per_statement: bool = False
    pairs: tuple[str, str] | None = None
    """Languages of the left and the right side of a parallel corpus; None: whole texts."""


@dataclass
class Tally:
    """What was written, counted while it goes by."""

    statements: int = 0
    rows: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    issuers: Counter[str] = field(default_factory=Counter)
    first: date | None = None
    last: date | None = None
    digest: str | None = None
    size: int = 0

    def count(self, said_on: date, rows: Iterable[Mapping[str, Any]]) -> None:
        """A statement with those of its rows that were written."""
        self.statements += 1
        self.first = min(self.first or said_on, said_on)
        self.last = max(self.last or said_on, said_on)
        for row in rows:
            self.rows += 1
            for side in ("", "left_", "right_"):
                if f"{side}language" in row:
                    self.languages[row[f"{side}language"]] += 1
                    self.sources[row[f"{side}source"]] += 1
                    self.roles[row[f"{side}role"]] += 1
            self.issuers.update(row.get("issuers", ()))


def format_of(target: str, named: str | None) -> str | None:
    """The format that is named, or that the ending of the file says; jsonl on standard output; else None."""
    if named is not None:
        return named
    return "jsonl" if target == "-" else _ENDINGS.get(Path(target).suffix.lower())


def write_export(
    statements: Iterable[Exported], wish: Wish, target: str, now: datetime, tell: Callable[[Tally], object]
) -> Tally:
    """Write the statements into a file, or to standard output (`-`), one after the other."""
    tally = Tally()
    opened: AbstractContextManager[IO[bytes]] = (
        standard_output() if target == "-" else whole_file(Path(target))
    )
    with opened as file:
        counted = _Counted(file)
        if wish.format == "atom":
            _write_atom(statements, wish, counted, now, tally, tell)
        else:
            _write_rows(statements, wish, counted, tally, tell)
        tally.digest, tally.size = f"sha256:{counted.digest.hexdigest()}", counted.size
    return tally


def columns_of(wish: Wish) -> Sequence[Column]:
    """The columns of what is written."""
    if wish.pairs is not None:
        from pipelines.parallel import PAIR_COLUMNS

        return PAIR_COLUMNS
    return COLUMNS


def _write_rows(
    statements: Iterable[Exported], wish: Wish, file: _Counted, tally: Tally, tell: Callable[[Tally], object]
) -> None:
    sheet = open_sheet(wish.format, file, columns_of(wish))  # type: ignore[arg-type]
    for statement in statements:
        rows = list(_rows(statement, wish))
        for row in rows:
            sheet.add(row)
        if rows:
            tally.count(statement.said_on, rows)
            tell(tally)
    sheet.close()


def _rows(statement: Exported, wish: Wish) -> Iterator[Mapping[str, Any]]:
    if wish.pairs is None:
        yield from statement.versions
        return
    from pipelines.parallel import pairs_of

    yield from pairs_of(statement, *wish.pairs)


def _write_atom(
    statements: Iterable[Exported],
    wish: Wish,
    file: _Counted,
    now: datetime,
    tally: Tally,
    tell: Callable[[Tally], object],
) -> None:
    from crawler.issuers import names_of
    from storage.syndication import ATOM_END, Entry, Head, atom_entry, atom_head, urn_of

    told = in_words(wish)
    head = Head(urn_of("export", json.dumps(told, sort_keys=True)), "Communique: statements", now)
    file.write(atom_head(head).encode())
    for statement in statements:
        first = statement.versions[0]
        issuers = tuple(dict.fromkeys(key for row in statement.versions for key in row["issuers"]))
        languages = dict.fromkeys(row["language"] for row in statement.versions)
        entry = Entry(
            id=urn_of("statement", statement.id),
            title=statement.title,
            changed_at=max(row["changed_at"] for row in statement.versions),
            link=None,
            via=first["url"],
            text=first["body"],
            language=first["language"],
            said_on=statement.said_on,
            authors=tuple(names_of(issuers)),
            tags=(statement.kind, *issuers, *languages, first["source"]),
        )
        file.write(atom_entry(entry).encode("utf-8", "replace"))
        tally.count(statement.said_on, statement.versions)
        tell(tally)
    file.write(ATOM_END.encode())


class _Counted:
    """A file whose bytes are counted and digested as they go by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """The file is closed by who opened it."""


def in_words(wish: Wish) -> dict[str, Any]:
    """What was asked for, as the card says it."""
    told: dict[str, Any] = {name: str(value) for name, value in wish.wanted.named.items()}
    if wish.only_official:
        told["only_official"] = True
    if wish.one_per_statement:
        told["one_per_statement"] = True
    if wish.pairs is not None:
        told["pairs"] = "-".join(wish.pairs)
    return told


def card_of(
    wish: Wish, tally: Tally, target: str, now: datetime, sources: Mapping[str, type[Source]]
) -> dict[str, Any]:
    """What is in a file: counts, languages, sources with their terms of use, when it was made and of what."""
    return {
        "title": "Statements of governments, collected by Communique",
        "file": None if target == "-" else Path(target).name,
        "format": wish.format,
        "made_at": now.isoformat(),
        "made_by": f"communique {importlib.metadata.version('communique')}",
        "filter": in_words(wish),
        "bytes": tally.size,
        "digest": tally.digest,
        "statements": tally.statements,
        "rows": tally.rows,
        "days": {"first": tally.first, "last": tally.last},
        "languages": dict(tally.languages.most_common()),
        "roles": dict(tally.roles.most_common()),
        "issuers": dict(tally.issuers.most_common()),
        "sources": [
            {
                "name": name,
                "title": sources[name].title if name in sources else None,
                "rows": number,
                "terms": sources[name].terms
                if name in sources
                else "not known: the source is not defined here",
            }
            for name, number in tally.sources.most_common()
        ],
        "columns": {each.name: each.about for each in columns_of(wish)},
    }


def in_markdown(card: Mapping[str, Any]) -> str:
    """A card as a page for people."""
    lines = [f"# {card['title']}", ""]
    facts = ("file", "format", "made_at", "made_by", "bytes", "digest", "statements", "rows")
    lines += [f"* {name.replace('_', ' ')}: {card[name]}" for name in facts]
    lines.append(f"* days: {card['days']['first']} to {card['days']['last']}")
    told = ", ".join(f"{name} {value}" for name, value in card["filter"].items()) or "everything"
    lines += [f"* filter: {told}", ""]
    for name in ("languages", "roles", "issuers"):
        lines += [f"## {name.capitalize()}", "", f"| {name} | rows |", "|---|---|"]
        lines += [f"| {key} | {number} |" for key, number in card[name].items()]
        lines.append("")
    lines += ["## Sources and terms of use", "", "| source | title | rows | terms |", "|---|---|---|---|"]
    lines += [
        f"| {each['name']} | {each['title']} | {each['rows']} | {each['terms']} |" for each in card["sources"]
    ]
    lines += ["", "## Columns", "", "| column | meaning |", "|---|---|"]
    lines += [f"| {name} | {about} |" for name, about in card["columns"].items()]
    return "\n".join(lines) + "\n"


def write_card(card: Mapping[str, Any], path: Path) -> None:
    """A card next to its file: Markdown where the name ends so, else JSON."""
    if path.suffix.lower() in (".md", ".markdown"):
        text = in_markdown(card)
    else:
        text = json.dumps(card, ensure_ascii=False, indent=2, default=str) + "\n"
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "replace"))
