"""Texts and questions come to the same words, whatever the script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.words import asked_forms, find_words, placed_words, words_of


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "negotiations", "Negotiation"),
        ("es", "reuniones", "REUNION"),
        ("es", "migración", "migraciones"),
        ("fr", "élections", "election"),
        ("de", "Straße", "STRASSEN"),
        ("de", "Gespräche", "gesprach"),
        ("pt", "negociações", "negociacao"),
        ("tr", "İSTANBUL", "istanbul"),
        ("pl", "Łódź", "lodz"),
        ("no", "Ålesund", "alesund"),
        ("ru", "переговоры", "ПЕРЕГОВОРОВ"),
        ("ru", "ещё", "еще"),
        ("el", "Υπουργείο", "υπουργειο"),
        ("ar", "والمفاوضات", "مفاوضات"),
        ("ar", "الدَّوليّة", "الدولية"),
        ("ar", "إجتماع", "اجتماع"),
        ("ar", "٢٠١٧", "2017"),
        ("fa", "کشور", "كشور"),
        ("he", "שָׁלוֹם", "שלום"),
        ("ja", "ｶﾀｶﾅ", "カタカナ"),
        ("vi", "Việt Nam", "viet nam"),
        ("en", "ﬁnance", "finance"),
    ],
)
def test_forms_of_a_word_are_one(language: str, one: str, other: str) -> None:
    assert words_of(one, language) == words_of(other, language) != []


def test_vowels_of_indian_scripts_are_no_accents() -> None:
    assert words_of("बातचीत", "hi") != words_of("बतचत", "hi")
    assert len(words_of("प्रतिनिधिमंडलों ने", "hi")) == 2


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert words_of("移民问题", "zh") == ["移民", "民问", "问题", "题"]
    assert words_of("NATO会談2017", "ja") == ["nato", "会談", "談", "2017"]
    assert asked_forms("移民", "") == ("移民",)
    assert asked_forms("移", "") == ("移",)
    assert asked_forms("移民 OAS", "") == ("移民", "民", "oas")


def test_places_are_those_of_the_text() -> None:
    text = "Réunion: las «migraciones» 移民问题 ﬁnance"
    for placed in placed_words(text, "es"):
        assert text[placed.start : placed.end].strip() == text[placed.start : placed.end] != ""
    shown = {text[each.start : each.end] for each in placed_words(text, "es")}
    assert {"Réunion", "migraciones", "移民", "问题", "ﬁnance"} <= shown


@given(st.text(), st.sampled_from(["en", "es", "ar", "zh", "hi", "tr", "xx", ""]))
def test_any_text_has_words_of_letters_and_digits_only(text: str, language: str) -> None:
    words = words_of(text, language)
    assert words == [each.word for each in placed_words(text, language)]
    for word in words:
        assert word
        assert not set(word) & set(" \t\n\r\0\"'\\()*:&|!<>-+^{},.")


@given(st.text(), st.sampled_from(["en", "es", "ar", "zh", "id"]), st.text(alphabet="aeimnسم移", max_size=3))
def test_words_that_are_passed_over_begin_otherwise(text: str, language: str, letters: str) -> None:
    wanted = [each for each in placed_words(text, language) if each.word.startswith(tuple(letters))]
    found = [each for each in placed_words(text, language, letters) if each.word.startswith(tuple(letters))]
    assert [each for each in found if each.word] == wanted


@given(st.text(alphabet="abü_ -é移民ه.", max_size=30), st.sampled_from(["en", "es", "ar", "zh"]))
def test_words_are_found_where_they_stand(text: str, language: str) -> None:
    wanted = ("a", "ab", "bu")
    found = find_words(text, language, "ab", wanted.__contains__)
    if found is not None:
        assert found == [each for each in placed_words(text, language) if each.word in wanted]
