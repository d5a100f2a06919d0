"""Noisy re-posts in one language: how well each engine puts the copies of a text together.

    python -m benchmarks.reposts [--copies 4] [--encoder use] [--seed 7] [--json]

One text of each statement of the hard set (forms, and copies that are there already, left out) is copied by
republishers drawn from a seed: cut, framed by a portal, given another headline and a later day, and read
from paper so badly that copy and text share about 30 % of their runs of three words (Jaccard). Adjusted
Rand index of

    communique    this engine, as it is shipped
    datasketch    MinHash LSH over runs of three words (128 permutations)
    simhash       64-bit simhash over runs of three words, by Hamming distance

The peers are given their best threshold of several, found on the same data; the engine has none to set.
Their groups are what hangs together by pairs.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import combinations
from math import comb

from datasketch import MinHash, MinHashLSH
from simhash import Simhash

from benchmarks.linking.build import FRAMES, Release, build, read_frames
from benchmarks.linking.damage import SCRIPT_OF, Frame, cut, frame, middle, scan
from crawler.items import KindOfRelease
from pipelines.linking.collection import gather, link
from pipelines.linking.encoders import open_encoder
from pipelines.linking.records import Record
from pipelines.linking.weights import WeightSet, load_weights
from pipelines.signature import shingles

SEED = 7
OVERLAP = 0.3
"""Runs of three words that a copy and its text share, as part of all that either has (Jaccard)."""
UNWANTED = frozenset(("repost", "excerpt", "template", "spam", "correction"))
"""Labels of the hard set that are no text to start from."""
HEADLINES: Mapping[str, Sequence[str]] = {
    "en": (
        "What was announced today",
        "Officials speak",
        "In brief",
        "The full text",
        "Latest from the capital",
    ),
    "es": ("Lo que se anunció hoy", "Hablan las autoridades", "En breve", "El texto completo", "Última hora"),
    "fr": ("Ce qui a été annoncé", "En bref", "Le texte intégral", "Dernières nouvelles", "À la une"),
    "de": ("Was heute bekannt wurde", "Kurz gemeldet", "Der Wortlaut", "Aus der Hauptstadt", "Im Blickpunkt"),
    "pt": ("O que foi anunciado", "Em resumo", "O texto na íntegra", "Últimas notícias", "Em destaque"),
    "it": ("Che cosa è stato annunciato", "In breve", "Il testo integrale", "Ultime notizie", "In evidenza"),
    "ar": ("ما أعلن اليوم", "باختصار", "النص الكامل", "آخر الأخبار", "في الواجهة"),
    "ru": ("О чём сообщили сегодня", "Коротко", "Полный текст", "Последние новости", "Главное"),
    "uk": ("Про що повідомили сьогодні", "Коротко", "Повний текст", "Останні новини", "Головне"),
    "tr": ("Bugün ne açıklandı", "Kısaca", "Tam metin", "Son haberler", "Gündem"),
    "zh": ("今日公布", "要闻简讯", "全文", "最新消息", "重点关注"),
    "ja": ("本日の発表", "短信", "全文", "最新情報", "注目"),
    "ko": ("오늘의 발표", "간추린 소식", "전문", "최신 소식", "주요 뉴스"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """How one engine did."""

    engine: str
    adjusted_rand: float
    threshold: float | None
    """The peer's best; None for the engine."""
    groups: int
    seconds: float


def adjusted_rand(truth: Sequence[str], found: Sequence[str]) -> float:
    """Adjusted Rand index of two partitions: 1 when they are the same, about 0 for chance."""
    together = sum(comb(each, 2) for each in Counter(zip(truth, found, strict=True)).values())
    ours, theirs = (sum(comb(each, 2) for each in Counter(side).values()) for side in (truth, found))
    expected = ours * theirs / comb(len(truth), 2)
    most = (ours + theirs) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def overlap(left: str, right: str, language: str) -> float:
    """Runs of three words (five characters in Chinese and Japanese) shared, of all that either has."""
    ours, theirs = (set(shingles(each, language)) for each in (left, right))
    return len(ours & theirs) / max(1, len(ours | theirs))


def make(copies: int, seed: int) -> list[Record]:
    """Texts and their copies, in an order drawn from the seed."""
    frames = read_frames(FRAMES)
    starts: dict[str, Release] = {}
    releases = build()
    # A corrected text beside a translation of the uncorrected one is another question.
    corrected = {each.statement for each in releases if each.label == "correction"}
    for each in releases:
        if each.label not in UNWANTED and each.statement not in corrected and each.text.count("\n\n") > 1:
            starts.setdefault(each.statement, each)
    made: list[Record] = []
    for start in starts.values():
        made.append(_record(start, start.id, start.date, start.title, start.text))
        for number in range(copies):
            draw = random.Random(f"{seed} {start.id} {number}")  # noqa: S311
            later = date.fromisoformat(start.date) + timedelta(days=draw.randint(0, 12))
            text = _copied(start, frames, draw)
            headline = draw.choice(HEADLINES[start.lang])
            made.append(
                _record(start, f"{start.id}-copy-{number}", later.isoformat(), headline, text, number)
            )
    random.Random(seed).shuffle(made)  # noqa: S311
    return made


def _copied(start: Release, frames: Mapping[str, Sequence[Frame]], draw: random.Random) -> str:
    """A damaged copy that shares about `OVERLAP` of its runs of words with the text."""
    whole = tuple(start.text.split("\n\n"))
    script = SCRIPT_OF.get(start.lang, "latin")
    part: Callable[..., tuple[str, ...]] = draw.choice((cut, middle))
    kept = part(whole, draw.uniform(0.6, 1.0), draw)
    framed = draw.random() < 0.7
    seed = draw.random()

    def worn(share: float) -> str:
        again = random.Random(seed)  # noqa: S311
        text = scan(kept, share, script, again)
        return "\n\n".join(frame(text, frames[start.lang], again) if framed else text)

    least, most = 0.0, 0.5
    for _ in range(9):
        share = (least + most) / 2
        if overlap(worn(share), start.text, start.lang) > OVERLAP:
            least = share
        else:
            most = share
    return worn(least)


def _record(
    start: Release, identifier: str, day: str, title: str, text: str, number: int | None = None
) -> Record:
    source = start.source if number is None else f"portal-{number}"
    return Record(
        identifier,
        source,
        f"https://{source}.example/{identifier}",
        start.lang,
        date.fromisoformat(day),
        title,
        text,
        KindOfRelease.COMMUNIQUE,
        (),
        None,
        start.statement,
        None,
    )


def by_engine(records: Sequence[Record], encoder: str) -> Score:
    """Ours."""
    weights = load_weights()

    def weights_for(_one: Record, _other: Record) -> WeightSet:
        return weights

    opened = open_encoder(encoder)
    began = time.perf_counter()
    statements = link(gather(records, opened), weights_for).statements
    found = [statements[each.id] for each in records]
    name = "communique" if encoder == "none" else f"communique ({encoder})"
    return _score(name, records, found, None, began)


def by_minhash(records: Sequence[Record]) -> Score:
    """MinHash LSH by datasketch, at its best threshold."""
    began = time.perf_counter()
    sketches = []
    for each in records:
        sketch = MinHash(num_perm=128)
        for shingle in shingles(each.text, each.language):
            sketch.update(shingle.encode())
        sketches.append(sketch)
    scores = []
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        index = MinHashLSH(threshold=threshold, num_perm=128)
        for at, sketch in enumerate(sketches):
            index.insert(str(at), sketch)
        pairs = (
            (at, int(other))
            for at, sketch in enumerate(sketches)
            for other in index.query(sketch)
            if sketch.jaccard(sketches[int(other)]) >= threshold
        )
        scores.append(
            _score("datasketch MinHash LSH", records, _groups(len(records), pairs), threshold, began)
        )
    return max(scores, key=lambda each: each.adjusted_rand)


def by_simhash(records: Sequence[Record]) -> Score:
    """64-bit simhash, at its best distance."""
    began = time.perf_counter()
    marks = [Simhash(shingles(each.text, each.language)) for each in records]
    distances = [
        (at, other, marks[at].distance(marks[other])) for at, other in combinations(range(len(marks)), 2)
    ]
    scores = []
    for most in range(3, 26, 2):
        pairs = ((at, other) for at, other, distance in distances if distance <= most)
        scores.append(_score("simhash", records, _groups(len(records), pairs), most, began))
    return max(scores, key=lambda each: each.adjusted_rand)


def _groups(number: int, pairs: Iterable[tuple[int, int]]) -> list[str]:
    parent = list(range(number))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for one, other in pairs:
        parent[root(one)] = root(other)
    return [str(root(at)) for at in range(number)]


def _score(
    engine: str, records: Sequence[Record], found: Sequence[str], threshold: float | None, began: float
) -> Score:
    truth = [str(each.statement) for each in records]
    return Score(
        engine,
        round(adjusted_rand(truth, found), 4),
        threshold,
        len(set(found)),
        round(time.perf_counter() - began, 2),
    )


def overlaps(records: Sequence[Record]) -> list[float]:
    """Overlap of every copy with its text."""
    texts = {each.statement: each for each in records if "-copy-" not in each.id}
    return [
        overlap(each.text, texts[each.statement].text, each.language)
        for each in records
        if "-copy-" in each.id
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--encoder", default="none")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    records = make(options.copies, options.seed)
    shares = overlaps(records)
    scores = [by_engine(records, options.encoder), by_minhash(records), by_simhash(records)]
    if options.json:
        print(json.dumps({"overlap": statistics.median(shares), "scores": [asdict(each) for each in scores]}))
        return
    texts = len({each.statement for each in records})
    tenths = statistics.quantiles(shares, n=10)
    print(f"{len(records)} releases: {texts} texts in {len({each.language for each in records})} languages")
    print(
        f"shared runs of words: median {statistics.median(shares):.2f}, {tenths[0]:.2f} to {tenths[-1]:.2f}"
    )
    for each in scores:
        best = "" if each.threshold is None else f" (best threshold {each.threshold})"
        print(f"{each.engine:24} ARI {each.adjusted_rand:.4f}, {each.groups} groups, {each.seconds} s{best}")


if __name__ == "__main__":
    main()
