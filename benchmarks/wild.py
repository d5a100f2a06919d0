"""How well files are linked whose lines are as they are found in the wild.

    python -m benchmarks.wild FILE.jsonl [--encoder use] [--without ru ar] [--unknown it] [--as-they-are]

Every release of a labelled file is spoiled as republishers and hasty collectors do: cut, or only an excerpt
left of it; framed; read from paper; under another headline or none; on another day or none; with a tag of its
language in another form, or none, or that of another language. Then the file is read and linked as
`communique link` does it. Weights are learned from the file as it was, but never from a statement that they
judge, and with `--without` from no text in these languages either: what is told for them is told of languages
that were absent from training. With `--unknown` the encoder does not know these languages either. Why pairs
of one statement were not joined is told beside the score.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.linking.build import FRAMES, read_frames
from benchmarks.linking.damage import SCRIPT_OF, Frame, Paragraphs, cut, frame, middle, scan
from pipelines.linking.collection import Collection, Linked, candidates, gather, link
from pipelines.linking.cross_validation import cross_weights
from pipelines.linking.encoders import open_encoder
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.evaluation import Evaluation, Score, evaluate
from pipelines.linking.evidence import CONTRADICTION, JOINABLE
from pipelines.linking.lessons import examples_of
from pipelines.linking.passages import passages_of
from pipelines.linking.records import Record, read_records
from pipelines.linking.scripts import script_of
from pipelines.linking.training import fold_of
from pipelines.linking.weights import WeightSet

SEED = 20261127
_FARTHEST = 45
"""Days by which a date is wrong, at most."""
_TAGS: Mapping[str, Sequence[str]] = {
    "pt": ("pt-BR", "por", "PT"), "zh": ("zh-Hans", "zh_CN", "zho"), "es": ("es-MX", "spa", "es_419"),
    "en": ("en-US", "eng", "EN-gb"), "fr": ("fr-CA", "fra", "fr_FR"), "de": ("de-CH", "deu", "ger"),
}  # fmt: skip


def spoiled(record: Record, frames: Mapping[str, Sequence[Frame]], draw: random.Random) -> dict[str, Any]:
    """A line of a file, as somebody found the release."""
    text: Paragraphs = tuple(each.strip() for each in record.text.split("\n") if each.strip())
    fate = draw.random()
    if len(text) < 3:
        # One paragraph: its sentences are cut.
        text = passages_of(record.text)
    if fate < 0.1:
        text = middle(text, draw.uniform(0.2, 0.35), draw)
    elif fate < 0.5:
        text = cut(text, draw.uniform(0.35, 0.8), draw)
    if draw.random() < 0.1 and (record.language in SCRIPT_OF or script_of(record.language) == "latin"):
        text = scan(text, 0.02, SCRIPT_OF.get(record.language, "latin"), draw)
    if draw.random() < 0.35:
        text = frame(text, frames.get(record.language, frames["en"]), draw)
    title: str | None = record.title
    fate = draw.random()
    if fate < 0.25:
        title = draw.choice((None, ""))
    elif fate < 0.6:
        title = " ".join(draw.choice(text[:3]).split()[: draw.randint(5, 12)])[:90]
    fate = draw.random()
    day = record.said_on
    if day is None or fate < 0.15:
        day = None
    elif fate < 0.5:
        day += timedelta(days=draw.choice((-1, 1)) * draw.randint(1, _FARTHEST))
    fate = draw.random()
    tag: str | None = record.language
    if fate < 0.05:
        tag = draw.choice((None, "", "und"))
    elif fate < 0.1:
        tag = draw.choice(sorted({"en", "es", "ru"} - {record.language}))
    elif fate < 0.3:
        tag = draw.choice(_TAGS.get(record.language, (record.language.upper(), f"{record.language}-Latn")))
    return {
        "id": record.id, "source": record.source, "url": record.url, "lang": tag, "title": title,
        "date": None if day is None else day.isoformat(), "text": "\n\n".join(text),
        "statement": record.statement, "label": record.label,
    }  # fmt: skip


def spoil(records: Sequence[Record], seed: int) -> list[Record]:
    """All releases spoiled, written to a file and read from it."""
    frames = read_frames(FRAMES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "wild.jsonl")
        lines = (spoiled(each, frames, random.Random(f"{seed} {each.id}")) for each in records)  # noqa: S311
        path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
        return read_records(path)


@dataclass(frozen=True, slots=True)
class Forgetful:
    """An encoder that does not know some of the languages that it knows."""

    encoder: Encoder
    languages: frozenset[str] | None

    @property
    def name(self) -> str:
        """That of the encoder."""
        return self.encoder.name

    @property
    def version(self) -> str:
        """That of the encoder."""
        return self.encoder.version

    @property
    def identity(self) -> str:
        """That of the encoder: these are its vectors."""
        return self.encoder.identity

    @property
    def dimension(self) -> int:
        """That of the encoder."""
        return self.encoder.dimension

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """What the encoder makes of them."""
        return self.encoder.encode(sentences)


def opened(name: str, unknown: frozenset[str]) -> Encoder | None:
    """The encoder of that name, without some of its languages."""
    encoder = open_encoder(name)
    if encoder is None or not unknown:
        return encoder
    if encoder.languages is None:
        raise SystemExit(f"encoder {name} makes no difference between languages: leave --unknown out")
    return Forgetful(encoder, encoder.languages - unknown)


def measure(
    records: Sequence[Record],
    wild: Sequence[Record],
    encoder: Encoder | None,
    without: frozenset[str],
) -> tuple[Evaluation, Linked, Collection]:
    """Learn from `records`, without some languages, and link `wild`, which are the same, spoiled."""
    known = [each for each in records if each.language not in without]
    weights = cross_weights(examples_of(known, encoder), encoder)

    def weights_for(one: Record, other: Record) -> WeightSet:
        first, second = sorted((fold_of(str(one.statement)), fold_of(str(other.statement))))
        return weights[first, second]

    collection = gather(wild, encoder)
    linked = link(collection, weights_for)
    return evaluate(wild, linked), linked, collection


def lost(collection: Collection, linked: Linked, languages: frozenset[str]) -> dict[str, int]:
    """Why pairs of one statement were not joined, and how many; of all languages where none is given."""
    found: Counter[str] = Counter()
    looked_at = set(candidates(collection))
    reasons = {(key[0], key[1]): told.reason for key, told in linked.resolution.decisions.items()}
    for one, other in combinations(range(len(collection.records)), 2):
        left, right = collection.records[one], collection.records[other]
        if left.statement != right.statement or linked.statements[left.id] == linked.statements[right.id]:
            continue
        if languages and languages.isdisjoint((left.language, right.language)):
            continue
        told = linked.links.get((left.id, right.id))
        if told is None:
            found["too unlikely" if (one, other) in looked_at else "not looked at"] += 1
        elif told.score >= JOINABLE:
            refused = str(reasons.get((left.id, right.id))).startswith("refused")
            found["a rule forbids it" if refused else "others do not fit"] += 1
        else:
            found["contradiction" if told.score == CONTRADICTION else "asked"] += 1
    return dict(found)


def of_languages(found: Evaluation, languages: frozenset[str]) -> Score:
    """The score of pairs with an end in one of these languages."""
    chosen = [score for pair, score in found.by_languages.items() if languages.intersection(pair.split("-"))]
    return Score(*(sum(getattr(each, name) for each in chosen) for name in ("right", "joined", "together")))


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A record for the whole, and one for the languages left out."""
    records = read_records(arguments.file)
    unknown = frozenset(arguments.unknown)
    without = unknown.union(arguments.without)
    wild = records if arguments.as_they_are else spoil(records, arguments.seed)
    found, linked, collection = measure(records, wild, opened(arguments.encoder, unknown), without)
    told = {
        "encoder": arguments.encoder, "without": sorted(without), "unknown": sorted(unknown),
        "spoiled": not arguments.as_they_are,
    }  # fmt: skip
    yield {
        **told, "pairs": found.pairwise.shown(), "b_cubed": round(found.bcubed.f1, 4),
        "lost": lost(collection, linked, frozenset()),
    }  # fmt: skip
    if without:
        of_them = of_languages(found, without).shown()
        yield {**told, "pairs with them": of_them, "lost": lost(collection, linked, without)}
    for each in found.mistakes[: arguments.worst]:
        yield {
            "mistake": "joined" if each.joined else "missed", "left": each.left, "right": each.right,
            "languages": each.languages, "evidence": each.evidence,
        }  # fmt: skip


def main() -> None:
    """Run and print a JSON line for each result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--encoder", default="none")
    parser.add_argument("--without", nargs="+", default=[])
    parser.add_argument("--unknown", nargs="+", default=[])
    parser.add_argument("--as-they-are", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--worst", type=int, default=0)
    for record in run(parser.parse_args()):
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
