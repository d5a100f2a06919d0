"""Lists of words by language, as text files: see the first lines of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent


def words_of(table: str, language: str) -> tuple[str, ...]:
    """The entries of a list for a language; none when it has none."""
    return _read(table).get(language, ())


@lru_cache(maxsize=8)
def _read(table: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, str] = {}
    language = ""
    for line in (_FOLDER / f"{table}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        entries = line
        if not line.startswith(" "):
            language, _, entries = line.partition(":")
        found[language] = f"{found.get(language, '')}{entries.rstrip().removesuffix(',')},"
    return {
        tag: tuple(entry.strip() for entry in entries.split(",") if entry.strip())
        for tag, entries in found.items()
    }
