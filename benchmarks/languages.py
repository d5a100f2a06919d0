"""How often the language of a short official title or sentence is found, beside each opinion alone.

    python -m benchmarks.languages

The texts are ours: `language_texts/short.tsv` (titles and single sentences, the same matters in all
languages) and the titles of the linking set. Settings: every language is declared (the hardest), the own one
and English, the own one only, and, for Galician, Catalan, Portuguese and Spanish, those four. "held" is a
release held back for a person: no wrong value, but work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import pycld2
import typer
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipelines.hold import HoldBack
from pipelines.language import find_language, primary
from pipelines.relatives import RELATIVES

FOLDER = Path(__file__).parent
Labelled = Sequence[tuple[str, str]]
"""Language and text."""


def short_texts() -> Labelled:
    """Titles and sentences written for this measurement."""
    lines = (FOLDER / "language_texts" / "short.tsv").read_text(encoding="utf-8").splitlines()
    return [(tag, text) for tag, text in (line.split("\t") for line in lines)]


def linking_titles() -> Labelled:
    """Titles of the linking set, which nobody wrote with languages in mind."""
    lines = (FOLDER / "linking" / "hard.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return sorted({(primary(row["lang"]), row["title"]) for row in rows})


def _ours(declared: Callable[[str], Sequence[str]]) -> Callable[[str, str], str]:
    def find(tag: str, text: str) -> str:
        try:
            return find_language(text, [], declared(tag)).language
        except HoldBack:
            return "held"

    return find


def _contenders(tags: Sequence[str]) -> Iterator[tuple[str, Callable[[str, str], str]]]:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    yield "CLD2 alone", lambda tag, text: primary(pycld2.detect(text, isPlainText=True)[2][0][1])
    yield "py3langid alone", lambda tag, text: primary(identifier.classify(text)[0])
    yield "ours, all declared", _ours(lambda tag: tags)
    yield "ours, own and English declared", _ours(lambda tag: (tag, "en"))
    yield "ours, only the own declared", _ours(lambda tag: (tag,))


def measure(texts: Labelled) -> Iterator[dict[str, object]]:
    """One row per contender: shares of right, wrong and held texts."""
    tags = sorted({tag for tag, _ in texts})
    rows = [(name, find, texts) for name, find in _contenders(tags)]
    four = [(tag, text) for tag, text in texts if tag in RELATIVES]
    rows.append(("ours, gl ca pt es declared", _ours(lambda tag: sorted(RELATIVES)), four))
    for name, find, of in rows:
        found = [(tag, find(tag, text), text) for tag, text in of]
        held = sum(answer == "held" for _, answer, _ in found)
        wrong = [(tag, answer, text) for tag, answer, text in found if answer not in (tag, "held")]
        yield {
            "contender": name,
            "texts": len(of),
            "right": round(1 - (held + len(wrong)) / len(of), 4),
            "wrong": round(len(wrong) / len(of), 4),
            "held": round(held / len(of), 4),
            "mistakes": wrong[:10],
        }


def main(json_lines: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False) -> None:
    """Measure both sets."""
    for name, texts in (("short", short_texts()), ("linking titles", linking_titles())):
        for row in measure(texts):
            if json_lines:
                print(json.dumps({"set": name, **row}, ensure_ascii=False))
            else:
                print(
                    f"{name:15} {row['contender']:32} {row['texts']:5} right {row['right']:.3f} "
                    f"wrong {row['wrong']:.3f} held {row['held']:.3f}"
                )


if __name__ == "__main__":
    typer.run(main)
