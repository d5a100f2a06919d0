"""Differences put into translations of our own, and how many of them are found: precision and recall by kind.

    python -m benchmarks.differences [--encoder use] [--split test] [--show]

Into each whole translation of the hard set one difference is put at a time: a paragraph dropped, a sentence
added, a number, a day, a name changed. What is flagged is compared with what was put in, and with what the
translations differ in by themselves (`NATURAL`, read by hand). Flags are right when kind and place are.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.linking.build import Release, build
from pipelines.linking.differences import find_differences
from pipelines.linking.encoders import open_encoder
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.figures import DAY, NUMBER, Figure, figures_in
from pipelines.linking.flags import ADDED, LEFT_OUT, Flag
from pipelines.linking.numbers import western_digits
from pipelines.linking.rows import Text, paragraphs_of

SEED = 20261124

WHOLE = frozenset(("original", "translation", "template", "correction", "follow-up", "account", "readout"))
PARTIAL = frozenset(("dropped-paragraphs", "reordered", "wrong-figure"))
"""Traps of translations that differ by themselves in more than wording: nothing is put into these."""

NATURAL: Mapping[str, Sequence[tuple[str, str]]] = {
    "continental-dialogue/es-us": ((ADDED, "Esta traducción se proporciona"),),
    "border-visit-us-readout/es": ((ADDED, "Esta traducción se proporciona"),),
    "black-sea-transit/en": ((ADDED, "Unofficial translation"),),
    "border-visit/en-mirror": (("inserted", "[in the United States]"),),
    "pacific-port/pt": (("inserted", "[pátio de triagem]"),),
    "canal-cable/ar-jo": (("moved", "وجدد الوزيران"),),
    "canal-cable/en": (("moved", "The two ministers reaffirmed"),),
}
"""What translations differ in by themselves: kind, and how the passage begins."""

SENTENCES: Mapping[str, str] = {
    "en": "The Ministry also recalled that a hotline for small farmers has been open since last spring.",
    "es": "El Ministerio recordó además que desde la primavera funciona una línea para pequeños productores.",
    "fr": "Le ministère a rappelé en outre qu'une ligne est ouverte aux exploitants depuis le printemps.",
    "de": "Das Ministerium erinnerte daran, dass es seit dem Frühjahr eine Beratung für Kleinbetriebe gibt.",
    "pt": "O ministério lembrou ainda que desde a primavera funciona uma linha para produtores.",
    "it": "Il ministero ha ricordato inoltre che dalla primavera è attiva una linea per i produttori.",
    "ru": "Министерство также напомнило, что с прошлой весны работает телефонная линия для мелких хозяйств.",
    "uk": "Міністерство також нагадало, що з минулої весни працює телефонна лінія для дрібних господарств.",
    "tr": "Bakanlık bahardan beri küçük üreticiler için bir danışma hattının açık olduğunu hatırlattı.",
    "ar": "وذكرت الوزارة أيضا بأن خطا هاتفيا لصغار المنتجين يعمل منذ الربيع الماضي ويقدم المشورة مجانا.",
    "zh": "该部门还提醒说,自去年春天以来一直设有面向小农户的咨询热线,提供免费的技术指导。",
    "ja": "同省はまた、昨年の春から小規模農家向けの相談窓口を設けていることを改めて周知しました。",
    "ko": "또한 지난봄부터 소규모 농가를 위한 상담 전화를 운영하고 있다는 점을 다시 한번 알렸다.",
}
NAMES: Mapping[str, str] = {
    "Valdivieso": "Montellano", "Camarillo": "Escudero", "Ostos": "Villaseñor", "Haldane": "Prescott",
    "Okafor": "Lindqvist", "Sutcliffe": "Bramwell", "Ibarguen": "Zubizarreta", "Lachance": "Desrosiers",
    "Severyanov": "Kuznetsov", "Yıldırımoğlu": "Karabekir",
    "Yildirimoglu": "Karabekir", "Северьянов": "Кузнецов", "Vossberg": "Hagedorn", "Charbonnel": "Delacroix",
    "Bellandi": "Ferraris", "Achour": "Mabrouk", "Gu Siyuan": "Wen Haotian", "Campos": "Tavares",
    "Hrechanyk": "Doroshenko", "Greçanik": "Doroşenko", "Гречаник": "Дорошенко", "Undurraga": "Echeverría",
    "Riquelme": "Larrondo", "Siqueira": "Albuquerque", "Lescure": "Beaumarchais", "Cherkaoui": "Benjelloun",
    "Kryvoruchko": "Vasylenko", "Kryvoroutchko": "Vassylenko", "Kryworutschko": "Wassylenko",
    "Aurich": "Teubner", "Brandt": "Lohmann", "Lomonostseva": "Vinogradova", "Távora": "Magalhães",
    "Peñarrubia": "Goicoechea", "Morandini": "Castiglione", "Vauquelin": "Rochefort",
    "Oldenburg": "Steinbach", "Sampaio": "Figueiredo", "Habashneh": "Obeidat", "Kuze": "Morimoto",
    "Altınordu": "Demirkan", "Trabzon": "Iskenderun", "Reynosa": "Mexicali", "Bragança": "Guarda",
}  # fmt: skip
"""Persons and places of the hard set, and others to put in their stead."""


@dataclass(frozen=True, slots=True)
class Case:
    """A translation with one difference put in; `kind` is empty where nothing was."""

    original: Release
    translation: Release
    text: str
    kind: str
    what: str
    """Words that the flag must hold: of the translation, or of the original for what was dropped."""


def cases(releases: Sequence[Release]) -> Iterator[Case]:
    """Every translation as it is, and with each kind of difference put in where it can be."""
    versions: dict[str, list[Release]] = defaultdict(list)
    for each in releases:
        if each.label in WHOLE:
            versions[each.statement].append(each)
    for some in versions.values():
        original, *others = some
        for each in others:
            if each.lang == original.lang and each.trap != "order-swapped":
                continue
            if each.trap in PARTIAL:
                continue
            yield Case(original, each, each.text, "", "")
            yield from _injected(original, each)


def _injected(original: Release, translation: Release) -> Iterator[Case]:
    draw = random.Random(f"{SEED} {translation.id}")  # noqa: S311
    paragraphs = paragraphs_of(translation.text)
    for kind, made in (
        (LEFT_OUT, _dropped(paragraphs, original, draw)),
        (ADDED, _added(paragraphs, translation.lang, draw)),
        (NUMBER, _changed(paragraphs, translation.lang, NUMBER, draw)),
        (DAY, _changed(paragraphs, translation.lang, DAY, draw)),
        ("name", _renamed(paragraphs, draw)),
    ):
        if made is not None:
            yield Case(original, translation, "\n\n".join(made[0]), kind, made[1])


def _dropped(
    paragraphs: Sequence[str], original: Release, draw: random.Random
) -> tuple[list[str], str] | None:
    theirs = paragraphs_of(original.text)
    if len(paragraphs) != len(theirs) or len(paragraphs) < 4:
        return None
    number = draw.randrange(1, len(paragraphs))
    return [each for at, each in enumerate(paragraphs) if at != number], theirs[number]


def _added(paragraphs: Sequence[str], language: str, draw: random.Random) -> tuple[list[str], str] | None:
    number = draw.randrange(1, len(paragraphs))
    gap = "" if language in ("zh", "ja") else " "
    made = list(paragraphs)
    made[number] = f"{made[number]}{gap}{SENTENCES[language]}"
    return made, SENTENCES[language]


def _changed(
    paragraphs: Sequence[str], language: str, kind: str, draw: random.Random
) -> tuple[list[str], str] | None:
    """One digit of one figure becomes another, so that the text holds a figure that it did not hold."""
    whole = western_digits("\n".join(paragraphs))
    places = [
        (number, figure)
        for number, paragraph in enumerate(paragraphs)
        for figure in figures_in(paragraph, language)
        if figure.kind == kind and (kind == DAY or sum(map(str.isdecimal, figure.raw)) > 1)
    ]
    draw.shuffle(places)
    for number, figure in places:
        raw = _another_day(figure) if kind == DAY else _another_number(figure.raw, draw)
        if raw == figure.raw or western_digits(raw) in whole:
            continue
        made = list(paragraphs)
        made[number] = f"{made[number][: figure.start]}{raw}{made[number][figure.end :]}"
        return made, raw
    return None


def _another_number(raw: str, draw: random.Random) -> str:
    at = draw.choice([at for at, char in enumerate(raw) if char.isdecimal()])
    return f"{raw[:at]}{_digit(raw[at], 1 + (int(raw[at]) + draw.randint(1, 7)) % 9)}{raw[at + 1 :]}"


def _another_day(figure: Figure) -> str:
    """The same month, another day: three days later, or earlier where that is not in every month."""
    day = int(figure.value[3:])
    other = str(day + 3 if day <= 25 else day - 3)
    for match in re.finditer(r"\d+", figure.raw):
        if int(match[0]) == day:
            zero = match[0][0]
            written = "".join(_digit(zero, int(digit)) for digit in other.rjust(len(match[0]), "0"))
            return f"{figure.raw[: match.start()]}{written}{figure.raw[match.end() :]}"
    return figure.raw


def _digit(like: str, value: int) -> str:
    """A digit in the script of another."""
    return chr(ord(like) - int(like) + value)


def _renamed(paragraphs: Sequence[str], draw: random.Random) -> tuple[list[str], str] | None:
    """One name becomes another wherever it stands."""
    whole = "\n\n".join(paragraphs)
    known = [name for name in NAMES if name in whole]
    if not known:
        return None
    name = draw.choice(known)
    return [each.replace(name, NAMES[name]) for each in paragraphs], NAMES[name]


def judge(case: Case, flags: Sequence[Flag]) -> tuple[bool, list[Flag]]:
    """Whether what was put in was flagged, and the flags that nothing explains."""
    found = False
    wrong: list[Flag] = []
    natural = NATURAL.get(case.translation.id, ())
    for flag in flags:
        said = f"{flag.left or ''}\n{flag.right or ''}"
        if case.kind and flag.kind == case.kind and _is(flag, case, said):
            found = True
        elif not any(flag.kind == kind and begins in said for kind, begins in natural):
            wrong.append(flag)
    return found, wrong


def _is(flag: Flag, case: Case, said: str) -> bool:
    if case.kind in (LEFT_OUT, ADDED):
        # A sentence of the dropped paragraph, or the paragraph; the added sentence alone.
        told = flag.left if case.kind == LEFT_OUT else flag.right
        return bool(told) and (str(told) in case.what or case.what in str(told))
    return any(part in said for part in (case.what, *case.what.split()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", default="none")
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument(
        "--show", action="store_true", help="show what was missed and what was flagged wrongly"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = measure(open_encoder(options.encoder), options.split, options.show)
    if options.json:
        print(json.dumps(measured, ensure_ascii=False))
        return
    for kind, row in measured.items():
        print(f"{kind:10} {row}")


def measure(encoder: Encoder | None, split: str | None, show: bool) -> dict[str, dict[str, float]]:
    """Recall for each kind; precision over all flags, and false flags per translation."""
    put: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    false: Counter[str] = Counter()
    translations = flagged_wrongly = 0
    for case in cases([each for each in build() if split in (None, each.split)]):
        days = {date.fromisoformat(each.date) for each in (case.original, case.translation)}
        flags = find_differences(
            Text(case.original.lang, case.original.text),
            Text(case.translation.lang, case.text),
            encoder,
            days,
        ).flags
        found, wrong = judge(case, flags)
        if case.kind:
            put[case.kind] += 1
            hit[case.kind] += found
        else:
            translations += 1
            flagged_wrongly += bool(wrong)
        for flag in wrong:
            false[flag.kind] += 1
        if show and (wrong or (case.kind and not found)):
            print(f"{case.translation.id} [{case.kind}] {case.what[:60]!r} {'found' if found else ''}")
            for flag in wrong:
                print(f"    {flag.kind}: {(flag.left or '-')[:70]!r} | {(flag.right or '-')[:70]!r}")
    measured = {
        kind: {
            "put in": put[kind],
            "found": hit[kind],
            "recall": round(hit[kind] / put[kind], 3),
            "false": false[kind],
            "precision": round(hit[kind] / max(1, hit[kind] + false[kind]), 3),
        }
        for kind in (NUMBER, DAY, "name", LEFT_OUT, ADDED)
    }
    hits, wrongs = sum(hit.values()), sum(false.values())
    measured["all"] = {
        "put in": sum(put.values()),
        "found": hits,
        "recall": round(hits / sum(put.values()), 3),
        "false": wrongs,
        "precision": round(hits / (hits + wrongs), 3),
    }
    measured["as they are"] = {"translations": translations, "with a false flag": flagged_wrongly}
    return measured


if __name__ == "__main__":
    main()
