"""What survives a translation is read in every language: days, numbers, names with what is attached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from babel.dates import format_date

from benchmarks.linking.build import FOLDER
from pipelines.linking import lessons
from pipelines.linking.collection import gather, link
from pipelines.linking.content import Content, TextPair, score_pairs
from pipelines.linking.encoders import half_knows, open_encoder
from pipelines.linking.furniture import without_furniture
from pipelines.linking.lessons import disguised, examples_of
from pipelines.linking.numbers import numbers_in, western_digits
from pipelines.linking.prepared import COGNATE, DATE, FINE, NAME, WORD, Prepared, prepare
from pipelines.linking.records import read_records
from pipelines.linking.scripts import NOTHING, SCRIPT, UNSEEN, relation
from pipelines.linking.sharing import common
from pipelines.linking.vectors import Vectors, knows
from pipelines.linking.weights import load_weights
from tests.linking.test_clusters import facts

SAMPLES: Path = FOLDER / "tongues.jsonl"
"""News and government texts of our own in 25 languages. Nothing is learned from them."""
DATED = "bn el eu he hi hu ka km ko ku my ta th vi"
"""Languages in which days are written in ways of their own. Reading a language's tables takes 0.3 s."""


def anchors(text: str, language: str, kind: int) -> set[int]:
    found = prepare("", text, language)
    return set(found.hashes[found.kinds == kind].tolist())


@pytest.mark.parametrize("language", DATED.split())
def test_a_day_is_read_as_each_language_writes_it(language: str) -> None:
    for month in (2, 5, 8, 11):
        day = date(2023, month, 17)
        written = format_date(day, "full", locale=language)
        assert anchors(f"{written}.", language, DATE) >= anchors(day.isoformat(), "en", DATE), written


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("74 מיליון דולר", "he", ["74000000"]),
        ("600 ล้านฟรังก์และ 5.4 พันล้านฟรังก์", "th", ["600000000", "5400000000"]),
        ("3 ລ້ານກີບ", "lo", ["3000000"]),
        ("3 លានរៀល", "km", ["3000000"]),
        ("၆၀ သန်း", "my", ["60000000"]),
        ("60 करोड़ और 5.4 अरब", "hi", ["600000000", "5400000000"]),
        ("৫ লাখ", "bn", ["500000"]),
        ("kroner milioni 312 kwa", "sw", ["312000000"]),
        ("7 milers de milions", "ca", ["7000000000"]),
        ("12,34,567 voters, 1,234,567 votes", "en", ["1234567", "1234567"]),
    ],
)
def test_a_number_is_one_number_in_every_language(text: str, language: str, values: list[str]) -> None:
    assert [each.value for each in numbers_in(western_digits(text), language)] == values


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in Norwegen", "de"),
        ("בנורווגיה", "he"),
        ("بالنرويج", "ar"),
        ("नॉर्वे में", "hi"),
        ("நார்வே", "ta"),
        ("നോർവെ", "ml"),
    ],
)
def test_a_country_is_the_same_in_every_language(text: str, language: str) -> None:
    there = prepare("", text, language)
    assert set(prepare("", "Norway", "en").hashes.tolist()) & set(there.hashes.tolist())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("встретился с Меркелем", "ru"),
        ("зустрівся з Меркелем", "uk"),
        ("მერკელმა", "ka"),
        ("למרקל", "he"),
        ("وميركل", "ar"),
    ],
)
def test_a_name_is_known_by_its_sound_whatever_is_attached_to_it(text: str, language: str) -> None:
    assert anchors("met Merkel", "en", FINE) & anchors(text, language, FINE)


def test_languages_of_one_script_without_capitals_are_compared_by_sounds() -> None:
    assert relation("ar", "fa") == NOTHING
    assert relation("ru", "uk") == SCRIPT
    assert relation("sw", "vi") == SCRIPT


def test_a_disguised_text_shares_days_numbers_and_some_sounds_but_no_letters() -> None:
    text = "On 17 May Minister Lars Hanssen met Petros Vamvakas and Samira Bachir about 74 million dollars."
    plain, hidden = prepare("", text, "en"), disguised(Content(prepare("", text, "en"))).prepared
    assert relation(plain.language, hidden.language) == NOTHING
    assert not np.isin(hidden.kinds, (NAME, COGNATE, WORD)).any()
    shared = common(plain, hidden)
    kinds = set(shared.left.kinds[shared.at_left].tolist())
    assert {DATE, FINE} <= kinds
    assert 0 < int((hidden.kinds == FINE).sum()) < int((plain.kinds == FINE).sum())


def test_an_encoder_speaks_for_a_text_in_a_language_that_it_half_knows_but_never_against_it() -> None:
    weights = load_weights()
    model = next(name for name in weights.scorers if "@" in name)
    assert half_knows(model, "ca")
    assert not half_knows(model, "pl")
    said = "Ningú no li havia preguntat res. Aalberg va sortir de la sala el 2014 sense dir ni una paraula."
    texts = {each: prepare("", said, each) for each in ("ca", "pl")}
    texts["en"] = prepare("", "Nobody had asked him. Aalberg left the room in 2014 without a word.", "en")

    def logit(language: str, cosine: float | None) -> float:
        (found,) = score_pairs([pair_of(texts["en"], texts[language], model, cosine)], weights)
        return -99.0 if found is None else found.logit - found.scorer.join

    alone = logit("ca", None)
    assert logit("ca", 0.0) == alone
    assert logit("ca", 0.9) > alone
    assert logit("pl", 0.0) < alone


def pair_of(left: Prepared, right: Prepared, model: str, cosine: float | None) -> TextPair:
    """Two texts whose vectors have that cosine, or that have none."""
    sides = []
    for prepared, row in ((left, [1.0, 0.0]), (right, [cosine or 0.0, (1 - (cosine or 0.0) ** 2) ** 0.5])):
        places = tuple(range(len(prepared.lengths)))
        rows = np.array([row] * len(places), dtype=np.float32)
        sides.append(Content(prepared, None if cosine is None else Vectors(model, rows, places)))
    return TextPair(facts("a"), facts("b"), *sides)


def test_half_known_languages_are_encoded_and_unknown_ones_are_not() -> None:
    encoder = open_encoder("use")
    assert encoder is not None
    assert knows(encoder, "ca")
    assert knows(encoder, "id")
    assert not knows(encoder, "hr")


def test_of_our_samples_in_languages_that_nothing_was_learned_from_none_is_joined_wrongly() -> None:
    records = read_records(SAMPLES)
    weights = load_weights()
    statements = link(gather(records), lambda _one, _other: weights).statements
    together = joined = right = 0
    for one, other in combinations(records, 2):
        same, found = one.statement == other.statement, statements[one.id] == statements[other.id]
        together, joined, right = together + same, joined + found, right + (same and found)
    assert right == joined
    assert right / together >= 0.82


def test_where_no_pairs_are_in_two_scripts_pairs_in_disguise_are_learned_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = [each for each in read_records(SAMPLES) if each.language in ("en", "pl", "hu", "id", "tr")]

    def in_disguise() -> int:
        return sum(UNSEEN in (each.left.language, each.right.language) for each in examples_of(records, None))

    assert in_disguise() > 0
    monkeypatch.setattr(lessons, "FEWEST_ACROSS_SCRIPTS", 0)
    assert in_disguise() == 0


FRAMED = (
    "Editor's note: The following is the full text of the statement as received by our newsroom.",
    "Opinions expressed by readers do not reflect those of this site. Please log in to comment.",
    "Share this article: Facebook | X | WhatsApp | Email",
)


def test_what_an_english_portal_writes_around_texts_of_two_languages_does_not_join_them() -> None:
    lines = {each.id: each for each in read_records(SAMPLES)}
    first, last, share = FRAMED
    framed = [
        replace(lines[each], title="", text=f"{first}\n\n{lines[each].text[:400]}\n\n{last}\n\n{share}")
        for each in ("forms-ro", "gull-fi", "coach-ro", "trial-ca", "flood-pl", "forms-sv", "trial-sw")
    ]
    weights = load_weights()
    statements = link(gather(framed), lambda _one, _other: weights).statements
    joined = {
        tuple(sorted((one.id, other.id)))
        for one, other in combinations(framed, 2)
        if statements[one.id] == statements[other.id]
    }
    assert joined == {("trial-ca", "trial-sw")}


def test_a_sentence_that_stands_in_texts_of_two_languages_is_left_out_and_names_and_copies_are_not() -> None:
    said = "The government has released the document below, which readers may find of interest."
    names = "Samira Bachir, Lars Hanssen, Petros Vamvakas, Ingrid Mwangi, Henrik Aalberg, Milan Horvat"
    polish = Content(prepare("", f"{said}\n{names}\nZawaliły się dwa mosty w Kosminie nad Orlavą.", "pl"))
    swedish = Content(prepare("", f"Leksaker utan kamera är undantagna.\n{names}\n{said}", "sv"))
    left, right = without_furniture(polish, swedish)
    assert (left.prepared.lengths > 0).tolist() == [False, True, True]
    assert (right.prepared.lengths > 0).tolist() == [True, True, False]
    copy = Content(prepare("", f"{said}\nA copy of it.", "pl"))
    assert without_furniture(polish, copy) == (polish, copy)
