"""Reads the files of `texts/`: releases written by hand, and what is to be made of them.

A file is a row of blocks. A block begins with a line `@verb ...` and goes on to the next one; lines that
begin with `#` are remarks. Of a block's lines the first that is not empty is the headline, the others are
paragraphs.

    @family copper split=dev                 every block belongs to the family above it
    @statement copper                        what follows are versions of this statement
    @release es source=mx-sre lang=es date=2026-02-23 label=original
    @copy segob of=es source=mx-segob date=2026-02-23 label=repost trap=joint do=cut:0.6,frame,scan:0.02
    @form es source=mx-banxico lang=es locale=es_MX label=template trap=template
    @fill date=2026-03-03 rate=17.2034 trend.es=subió trend.en=rose

A copy without a headline keeps the one it copies; paragraphs of its own are put before the text (a lead).
A fill makes one release of each form above it in the family: a statement of its own for each date.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

VERBS = ("family", "statement", "release", "copy", "form", "fill")


class ManuscriptError(ValueError):
    """A file of texts says something that cannot be meant."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a verb, what it names, its values, headline and paragraphs, and where it stands."""

    verb: str
    name: str
    values: Mapping[str, str]
    title: str
    paragraphs: tuple[str, ...]
    place: str

    def value(self, key: str, otherwise: str | None = None) -> str:
        """One value of the block; an error when it is missing and has no default."""
        found = self.values.get(key, otherwise)
        if found is None:
            raise ManuscriptError(f"{self.place}: @{self.verb} {self.name}: expected {key}=..., found none")
        return found


def read_blocks(path: Path) -> Iterator[Block]:
    """The blocks of a file, in order."""
    head: tuple[int, str] | None = None
    body: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        if line.startswith("@"):
            if head is not None:
                yield _block(path, *head, body)
            head, body = (number, line), []
        elif line.strip():
            if head is None:
                raise ManuscriptError(f"{path.name}:{number}: expected @family first, found {line[:40]!r}")
            body.append(line.strip())
    if head is not None:
        yield _block(path, *head, body)


def _block(path: Path, number: int, line: str, body: list[str]) -> Block:
    place = f"{path.name}:{number}"
    verb, *words = shlex.split(line[1:])
    if verb not in VERBS:
        raise ManuscriptError(f"{place}: expected one of {', '.join(VERBS)}, found @{verb}")
    names = [word for word in words if "=" not in word]
    if len(names) > 1 or (verb != "fill") != bool(names):
        raise ManuscriptError(f"{place}: expected one name after @{verb} (none after @fill), found {names}")
    values = dict(word.split("=", 1) for word in words if "=" in word)
    return Block(verb, names[0] if names else "", values, body[0] if body else "", tuple(body[1:]), place)
