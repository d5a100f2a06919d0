"""Releases of which only day, figures and names change: how many pairs the engine joins wrongly.

    python -m benchmarks.templates [--pairs 100000] [--encoder use] [--seed 7] [--json]

Made from `template_forms.txt`: 14 families of central banks, ministries and weather services in 12 languages,
six of them in two, which nothing is trained on. Each pair is two releases of one family on two days, one to
ten days apart (in which the engine looks for candidates), or two weeks, a month, two months; in one language
or across two. Every pair is weighed by the engine as if it were a candidate. Then the releases of the first
days are linked at once, as a file of them would be, and all pairs of two days of one family are looked at.
Wrong is what joins two days. Beside it: how many pairs of two languages of one day, which belong together,
are found.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from benchmarks.linking.forms import fill_in
from benchmarks.linking.manuscripts import Block, read_blocks
from crawler.items import KindOfRelease
from pipelines.linking.collection import Collection, gather, link, weigh_places
from pipelines.linking.encoders import open_encoder
from pipelines.linking.evidence import JOINABLE
from pipelines.linking.records import Record
from pipelines.linking.weights import WeightSet, load_weights

FORMS = Path(__file__).with_name("template_forms.txt")
SEED = 7
FIRST_DAY = date(2025, 1, 6)
DAYS_TOGETHER = 60
"""So many days of every family are linked at once."""
_WEIGHED_TOGETHER = 2000
_SLOT = re.compile(r"\{(\w+)=([^{}]+)\}")
_RANGE = re.compile(r"([\d.]+)\.\.([\d.]+)")
_GAPS: tuple[int, ...] = (*range(1, 11), 14, 30, 61)
"""Days between the two of a pair."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One release of a form."""

    record: Record
    family: str
    number: int
    """Which day of the family it is."""


def forms_by_family() -> Mapping[str, Sequence[Block]]:
    """The forms, by family."""
    found: dict[str, list[Block]] = defaultdict(list)
    family = ""
    for block in read_blocks(FORMS):
        if block.verb == "family":
            family = block.name
        else:
            found[family].append(block)
    return found


def fill(days: int, seed: int) -> list[Filled]:
    """Every form filled in for so many days in a row, in all its languages."""
    return [
        filled
        for family, forms in forms_by_family().items()
        for number in range(days)
        for filled in _fill(family, forms, number, random.Random(f"{seed} {family} {number}"))  # noqa: S311
    ]


def _fill(family: str, forms: Sequence[Block], number: int, draw: random.Random) -> Iterator[Filled]:
    drawn: dict[str, float] = {}
    day = FIRST_DAY + timedelta(days=number)
    for form in forms:
        language = form.value("lang")
        values: dict[str, str] = {}
        lines: list[str] = []
        for line in (form.title, *form.paragraphs):
            for name, choices in _SLOT.findall(line):
                values[name] = _drawn(choices, drawn.setdefault(name, draw.random()))
            lines.append(
                fill_in(_SLOT.sub(r"{\1}", line), values, day, language, form.value("locale", language))
            )
        identifier = f"{family}-{day.isoformat()}/{form.name}"
        source = form.value("source")
        yield Filled(
            Record(
                identifier,
                source,
                f"https://{source}.example/{identifier}",
                language,
                day,
                lines[0],
                "\n\n".join(lines[1:]),
                KindOfRelease.COMMUNIQUE,
                (),
                None,
                f"{family}-{day.isoformat()}",
                "template",
            ),
            family,
            number,
        )


def _drawn(choices: str, at: float) -> str:
    span = _RANGE.fullmatch(choices)
    if span is None:
        words = choices.split("/")
        return words[int(at * len(words))]
    low, high = Decimal(span[1]), Decimal(span[2])
    exponent = low.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return str((low + Decimal(at) * (high - low)).quantize(step))


def draw_pairs(filled: Sequence[Filled], number: int, seed: int) -> list[tuple[int, int]]:
    """So many different pairs of places, each of two days of one family."""
    at: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, each in enumerate(filled):
        at[each.family][each.number].append(place)
    every = [
        (min(one, other), max(one, other))
        for days in at.values()
        for first, ones in days.items()
        for gap in _GAPS
        for one in ones
        for other in days.get(first + gap, ())
    ]
    if len(every) < number:
        raise ValueError(f"{number} pairs were asked for; these days have {len(every)}")
    return sorted(random.Random(f"{seed} pairs").sample(every, number))  # noqa: S311


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured."""

    releases: int
    pairs: int
    joined: int
    """Pairs whose own evidence is enough to join."""
    releases_together: int
    pairs_together: int
    joined_together: int
    """Pairs that came into one statement when releases were linked at once."""
    same_day: int
    """Pairs of one day in two languages, and how many of them are found."""
    same_day_found: int
    seconds: float
    worst: tuple[str, ...]

    @property
    def rate(self) -> float:
        """False joins in 10,000 pairs, alone or together, whichever is more."""
        return 10_000 * max(self.joined / self.pairs, self.joined_together / self.pairs_together)


def measure(pairs: int, encoder: str, seed: int = SEED, together: int = DAYS_TOGETHER) -> Result:
    """Fill in forms, draw pairs, weigh each, and link those of the first days at once."""
    began = time.perf_counter()
    filled = sorted(fill(_days_for(pairs), seed), key=lambda each: each.record.id)
    weights = load_weights()

    def weights_for(_one: Record, _other: Record) -> WeightSet:
        return weights

    opened = open_encoder(encoder)
    collection = gather([each.record for each in filled], opened)
    chosen = draw_pairs(filled, pairs, seed)
    joined = list(_joined(collection, chosen, weights_for))
    wrong = Counter(_named(filled[one], filled[other]) for one, other in joined)

    first = [each for each in filled if each.number < together]
    statements = link(gather([each.record for each in first], opened), weights_for).statements
    families: dict[str, list[Filled]] = defaultdict(list)
    for each in first:
        families[each.family].append(each)
    looked_at = found_together = same = same_found = 0
    for some in families.values():
        for one, other in combinations(some, 2):
            is_joined = statements[one.record.id] == statements[other.record.id]
            if one.number == other.number:
                same += 1
                same_found += is_joined
                continue
            looked_at += 1
            if is_joined:
                found_together += 1
                wrong[_named(one, other)] += 1
    return Result(
        len(filled),
        len(chosen),
        len(joined),
        len(first),
        looked_at,
        found_together,
        same,
        same_found,
        round(time.perf_counter() - began, 1),
        tuple(f"{name} {count}" for name, count in wrong.most_common(12)),
    )


def _named(one: Filled, other: Filled) -> str:
    return f"{one.family} {one.record.language}-{other.record.language}"


def _days_for(pairs: int) -> int:
    """Days that the families must be filled in for, so that there are enough different pairs."""
    in_a_day = len(_GAPS) * sum(len(forms) * len(forms) for forms in forms_by_family().values())
    return max(DAYS_TOGETHER, pairs * 21 // (20 * in_a_day) + max(_GAPS))


def _joined(
    collection: Collection,
    pairs: Sequence[tuple[int, int]],
    weights_for: Callable[[Record, Record], WeightSet],
) -> Iterator[tuple[int, int]]:
    """Those of the pairs whose own evidence is enough to join."""
    for start in range(0, len(pairs), _WEIGHED_TOGETHER):
        some = pairs[start : start + _WEIGHED_TOGETHER]
        for pair, evidence in zip(some, weigh_places(collection, some, weights_for), strict=True):
            if evidence is not None and evidence.score >= JOINABLE:
                yield pair


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--encoder", default="none")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--together", type=int, default=DAYS_TOGETHER, help="days linked at once")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.pairs, options.encoder, options.seed, options.together)
    if options.json:
        print(json.dumps({**asdict(found), "rate": found.rate}))
        return
    print(f"{found.releases:,} releases, {found.pairs:,} pairs of two days: {found.joined} joined")
    print(
        f"{found.releases_together:,} releases linked at once, {found.pairs_together:,} pairs of two days: "
        f"{found.joined_together} joined"
    )
    print(f"false joins in 10,000 pairs: {found.rate:.2f} (goal: at most 1)")
    print(
        f"one day in two languages: {found.same_day_found} of {found.same_day} found; {found.seconds:.0f} s"
    )
    for line in found.worst:
        print(f"  wrong: {line}")


if __name__ == "__main__":
    main()
