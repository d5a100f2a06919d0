"""What a text is taken apart into: passages, numbers, names by their sound, anchors, keys."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.linking.alignment import best_path, best_path_and_sums
from pipelines.linking.candidate_keys import are_candidates, candidate_keys, lasting_keys
from pipelines.linking.numbers import numbers_in, western_digits
from pipelines.linking.passages import MOST, passages_of, units
from pipelines.linking.prepared import PREPARED_VERSION, pack, prepare, unpack
from pipelines.linking.sharing import common
from pipelines.linking.sounds import chinese_skeleton, skeletons

SPANISH = (
    "El secretario Videgaray recibió el 23 de febrero al embajador de Alemania. Acordaron invertir 1.250 "
    "millones de pesos en 14 puentes.\n\nTijuana y Matamoros tendrán nuevos cruces antes de 2019, informó la "
    "Comisión."
)
ENGLISH = (
    "Secretary Videgaray received the ambassador of Germany on February 23. They agreed to invest 1,250 "
    "million pesos in 14 bridges.\n\nTijuana and Matamoros will have new crossings before 2019, the "
    "Commission reported."
)
JAPANESE = (
    "ビデガライ長官は2月23日、ドイツ大使と会談した。両者は14の橋に12億5000万ペソを投資することで合意した。\n\n"
    "ティフアナとマタモロスには2019年までに新しい検問所ができる。"
)


def values(text: str, language: str) -> list[str]:
    return [number.value for number in numbers_in(western_digits(text), language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1,250.5 and 1.250,5 and 1 250,5", "en", ["1250.5", "1250.5", "1250.5"]),
        ("1.500 y 17,25 y 30 000", "es", ["1500", "17.25", "30000"]),
        ("1.2 million, 3 billion", "en", ["1200000", "3000000000"]),
        ("1,2 millones; 3 mil millones", "es", ["1200000", "3000000000"]),
        ("3,4 млн и 95 млрд", "ru", ["3400000", "95000000000"]),
        ("5 Mio. und 3,2 Mrd. Euro", "de", ["5000000", "3200000000"]),
        ("٢٣ و १४ ３７", "ar", ["23", "14", "37"]),
        ("12億5000万", "ja", ["1250000000"]),
        ("1만 5천", "ko", ["15000"]),
        ("the 23 2017", "en", ["23", "2017"]),
        ("am 23.02.2017", "de", ["23", "2", "2017"]),
        ("007 and 12.50", "en", ["7", "12.5"]),
    ],
)
def test_a_number_has_one_value_in_every_notation(text: str, language: str, expected: list[str]) -> None:
    assert values(text, language) == expected


def test_a_language_that_no_table_knows_still_has_its_digits() -> None:
    assert values("12 xyz 1,5", "qqq") == ["12", "1.5"]


def test_passages_are_sentences_in_every_script() -> None:
    assert passages_of("One sentence that is long enough. Another one that is. and not a third.") == (
        "One sentence that is long enough.",
        "Another one that is. and not a third.",
    )
    assert len(passages_of("彼は東京で大臣と会談しました。来週はパリを訪問する予定です。")) == 2
    assert len(passages_of("هذه جملة أولى طويلة بما يكفي؟ وهذه جملة ثانية طويلة بما يكفي.")) == 2


def test_a_short_sentence_is_joined_within_its_paragraph_only() -> None:
    assert passages_of("Yes. It was a long and fruitful meeting.\nNo.") == (
        "Yes. It was a long and fruitful meeting.",
        "No.",
    )


def test_no_text_has_more_than_so_many_passages() -> None:
    body = "\n".join(f"Sentence number {at} of a very long transcript." for at in range(3 * MOST))
    found = passages_of(body)
    assert len(found) <= MOST
    assert "number 0 of" in found[0]
    assert f"number {3 * MOST - 1} of" in found[-1]


def test_a_chinese_character_is_worth_several_letters() -> None:
    assert units("外交部长") == 12.0
    assert units("four") == 4.0


@pytest.mark.parametrize("other", ["Трамп", "ترامب", "Τραμπ", "ट्रंप"])
def test_names_in_alphabets_have_one_sound(other: str) -> None:
    assert skeletons(other)[0] == skeletons("Trump")[0]


def test_names_in_syllables_agree_in_the_coarse_sound() -> None:
    assert skeletons("トランプ")[1] == skeletons("Trump")[1] == chinese_skeleton("特朗普")


@pytest.mark.parametrize(("body", "language"), [(SPANISH, "es"), (JAPANESE, "ja")])
def test_figures_dates_countries_and_names_are_shared_across_languages(body: str, language: str) -> None:
    found = common(prepare("", ENGLISH, "en"), prepare("", body, language))
    counts = np.bincount(found.left.kinds[found.at_left], minlength=10)
    number, count, on_date, concept = counts[:4]
    assert number >= 1
    assert count >= 2
    assert on_date == 1
    assert concept >= 1
    assert counts[5:9].sum() >= 2


def test_what_is_packed_comes_back() -> None:
    prepared = prepare("Título 5", SPANISH, "es")
    back = unpack(pack(prepared))
    assert back.language == "es"
    for name in ("lengths", "marks", "hashes", "kinds", "places"):
        assert np.array_equal(getattr(back, name), getattr(prepared, name))


def test_what_another_version_packed_is_refused() -> None:
    blob = pack(prepare("", SPANISH, "es"))
    with pytest.raises(ValueError, match="prepare it again"):
        unpack((PREPARED_VERSION + 1).to_bytes(2, "little") + blob[2:])
    with pytest.raises(ValueError, match="prepare it again"):
        unpack(blob[:-1])
    with pytest.raises(ValueError, match="prepare it again"):
        unpack(b"")


@pytest.mark.parametrize("body", ["", " \n ", "…", "。。。", "\u200b", "1", "ก" * 50, "\ud7a3 \U0001f600"])
def test_any_text_can_be_prepared(body: str) -> None:
    for language in ("en", "zh", "th", "qqq"):
        prepared = prepare(body, body, language)
        assert len(prepared.lengths) == len(passages_of(body))


def test_translations_are_candidates_and_texts_of_other_matters_are_not() -> None:
    keys = [candidate_keys(prepare("", text, tag)) for text, tag in ((SPANISH, "es"), (ENGLISH, "en"))]
    assert are_candidates(len(keys[0]), len(keys[1]), len(set(keys[0]) & set(keys[1])))
    other = candidate_keys(prepare("", "La cosecha de café creció en Veracruz, según el Instituto.", "es"))
    assert not are_candidates(len(keys[1]), len(other), len(set(keys[1]) & set(other)))


def test_keys_are_few_signed_integers_in_order() -> None:
    long = " ".join(
        f"Nombre{chr(97 + at % 26)}{chr(97 + at // 26)}bo cobró {at}.{at} pesos." for at in range(300)
    )
    for keys, most in (
        (candidate_keys(prepare("", long, "es")), 66),
        (lasting_keys(prepare("", long, "es")), 28),
    ):
        assert 0 < len(keys) <= most
        assert list(keys) == sorted(set(keys))
        assert all(-(2**63) <= key < 2**63 for key in keys)


def test_the_best_path_keeps_the_order_and_leaves_out_what_has_no_counterpart() -> None:
    table = np.zeros((4, 5), dtype=np.float32)
    table[0, 1], table[1, 2], table[3, 4] = 2.0, 1.0, 3.0
    table[2, 0] = 2.5
    path = best_path(table)
    assert path.cells == ((0, 1), (1, 2), (3, 4))
    assert path.total == 6.0
    assert best_path_and_sums(np.stack((table, table))) == (path, (6.0,))


def test_one_passage_may_stand_against_two() -> None:
    table = np.zeros((2, 3), dtype=np.float32)
    table[0, 0] = table[0, 1] = table[1, 2] = 1.0
    assert best_path(table).cells == ((0, 0), (0, 1), (1, 2))
    assert best_path(table.T.copy()).total == 3.0


def test_nothing_aligns_with_nothing() -> None:
    assert best_path(np.zeros((0, 3), dtype=np.float32)).total == 0.0
    assert best_path_and_sums(np.zeros((2, 2, 0), dtype=np.float32))[1] == (0.0,)


def test_a_day_is_a_day_however_it_is_written() -> None:
    wanted = {
        "en": "It was signed on February 23 in the capital.",
        "es": "Se firmó el 23 de febrero en la capital.",
        "de": "Er wurde am 23.02.2017 in der Hauptstadt unterzeichnet.",
        "ja": "首都で2月23日に署名された。",
        "ru": "Он был подписан 23 февраля в столице.",
    }
    dates = [
        {int(key) for key, kind in zip(each.hashes, each.kinds, strict=True) if kind == 2}
        for each in (prepare("", text, language) for language, text in wanted.items())
    ]
    assert all(len(each) == 1 for each in dates)
    assert len(set.union(*dates)) == 1
