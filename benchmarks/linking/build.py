"""Makes the hard set from what was written by hand.

python -m benchmarks.linking.build            writes benchmarks/linking/hard.jsonl
python -m benchmarks.linking.build --check    exit 1 when the file is not what the texts give
python -m benchmarks.linking.build --table    counts by language, label and trap
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from benchmarks.linking.damage import Frame, damaged
from benchmarks.linking.forms import fill_in
from benchmarks.linking.manuscripts import Block, ManuscriptError, read_blocks

FOLDER = Path(__file__).parent
TEXTS = FOLDER / "texts"
SET = FOLDER / "hard.jsonl"
FRAMES = TEXTS / "frames.txt"
SEED = 20260223

LABELS = frozenset((
    "original", "translation", "repost", "excerpt", "template", "follow-up", "readout", "transcript",
    "correction", "account", "coverage", "spam",
))  # fmt: skip
"""What a release is: see README.md. Not the kind of release, which engines may read: this is the answer."""
SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Release:
    """One line of the hard set. `date` is the day on which the site posted it, ISO 8601."""

    id: str
    statement: str
    source: str
    url: str
    lang: str
    date: str
    title: str
    text: str
    label: str
    """What it is to its statement: one of `LABELS`."""
    trap: str
    """Why it is there; empty for one that is nothing special."""
    split: str
    """dev or test: whole families, so that what looks alike is scored together."""


def build(folder: Path = TEXTS) -> list[Release]:
    """All releases, in order of files and blocks."""
    frames = read_frames(folder / FRAMES.name)
    releases: list[Release] = []
    for path in sorted(folder.glob("*.txt")):
        if path.name != FRAMES.name:
            releases += _Writer(frames).write(read_blocks(path))
    twice = [each for each, number in Counter(each.id for each in releases).items() if number > 1]
    if twice:
        raise ManuscriptError(f"expected ids that differ, found twice: {', '.join(twice)}")
    return releases


def read_frames(path: Path) -> Mapping[str, Sequence[Frame]]:
    """Portals' words by language: blocks `@release N lang=..`, with a line `***` where the text goes."""
    found: dict[str, list[Frame]] = {}
    for block in read_blocks(path):
        lines = (block.title, *block.paragraphs)
        middle = lines.index("***")
        found.setdefault(block.value("lang"), []).append(Frame(lines[:middle], lines[middle + 1 :]))
    return found


class _Writer:
    """Turns the blocks of one file into releases."""

    def __init__(self, frames: Mapping[str, Sequence[Frame]]) -> None:
        self._frames = frames
        self._family = self._statement = self._split = ""
        self._releases: dict[str, Release] = {}
        """Of the family, by short id."""
        self._forms: list[Block] = []

    def write(self, blocks: Iterable[Block]) -> Iterator[Release]:
        """The releases of the blocks."""
        for block in blocks:
            try:
                yield from self._write(block)
            except (KeyError, IndexError, ValueError) as error:
                raise ManuscriptError(f"{block.place}: @{block.verb} {block.name}: {error!r}") from error

    def _write(self, block: Block) -> Iterator[Release]:
        match block.verb:
            case "family":
                self._family, self._statement = block.name, ""
                self._split = block.value("split")
                if self._split not in SPLITS:
                    raise ValueError(f"expected split=dev or test, found {self._split}")
                self._releases, self._forms = {}, []
            case "statement":
                self._statement = block.name
            case "release":
                yield self._kept(block.name, self._release(block))
            case "copy":
                yield self._kept(block.name, self._copy(block))
            case "form":
                self._forms.append(block)
            case "fill":
                yield from self._fill(block)

    def _kept(self, name: str, release: Release) -> Release:
        self._releases[name] = release
        return release

    def _release(self, block: Block) -> Release:
        if not block.paragraphs:
            raise ValueError("expected a headline and paragraphs, found fewer")
        return self._make(
            block, self._statement, block.name, block.value("lang"), block.title, block.paragraphs
        )

    def _copy(self, block: Block) -> Release:
        copied = self._releases[block.value("of")]
        draw = random.Random(f"{SEED} {self._statement} {block.name}")  # noqa: S311
        text = damaged(
            tuple(copied.text.split("\n\n")), block.value("do", ""), copied.lang, self._frames, draw
        )
        return self._make(
            block,
            copied.statement,
            block.name,
            copied.lang,
            block.title or copied.title,
            (*block.paragraphs, *text),
        )

    def _fill(self, block: Block) -> Iterator[Release]:
        day = date.fromisoformat(block.value("date"))
        statement = f"{self._family}-{block.value('name', day.isoformat())}"
        only = block.value("only", "")
        for form in self._forms:
            if only and form.name not in only.split(","):
                continue
            language = form.value("lang")
            lines = [
                fill_in(line, block.values, day, language, form.value("locale", language))
                for line in (form.title, *form.paragraphs)
            ]
            release = self._make(
                replace(form, values={**form.values, "date": day.isoformat()}),
                statement,
                form.name,
                language,
                lines[0],
                tuple(lines[1:]),
            )
            yield self._kept(f"{statement}/{form.name}", release)

    def _make(
        self, block: Block, statement: str, name: str, language: str, title: str, text: tuple[str, ...]
    ) -> Release:
        label, source = block.value("label"), block.value("source")
        if label not in LABELS:
            raise ValueError(f"expected a label of {', '.join(sorted(LABELS))}, found {label}")
        if not statement or not title or not text:
            raise ValueError("expected a statement, a headline and a text")
        identifier = f"{statement}/{name}"
        digest = hashlib.sha256(identifier.encode()).hexdigest()[:12]
        return Release(
            id=identifier,
            statement=statement,
            source=source,
            url=f"https://{source}.example/{language}/{digest}",
            lang=language,
            date=date.fromisoformat(block.value("date")).isoformat(),
            title=title,
            text="\n\n".join(text),
            label=label,
            trap=block.value("trap", ""),
            split=self._split,
        )


def as_lines(releases: Iterable[Release]) -> str:
    """The set as JSON lines."""
    return "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in releases)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    releases = build()
    if options.table:
        for name in ("split", "lang", "label", "trap"):
            counts = Counter(getattr(each, name) for each in releases)
            print(
                f"{name}: " + ", ".join(f"{value or '-'} {number}" for value, number in counts.most_common())
            )
        print(f"{len(releases)} releases of {len({each.statement for each in releases})} statements")
        return
    made = as_lines(releases)
    if options.check:
        if not SET.exists() or SET.read_text(encoding="utf-8") != made:
            sys.exit(f"{SET} is not what {TEXTS} gives: run python -m benchmarks.linking.build")
        return
    SET.write_text(made, encoding="utf-8")
    print(f"{len(releases)} releases in {SET}")


if __name__ == "__main__":
    main()
