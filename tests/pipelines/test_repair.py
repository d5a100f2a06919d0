"""Text is repaired without losing what was said."""

from __future__ import annotations

import unicodedata

import pytest
from ftfy.badness import is_bad
from hypothesis import given
from hypothesis import strategies as st

from pipelines import repair
from pipelines.repair import insertions_in, repaired, repaired_paragraphs
from tests.pipelines.made import SPANISH

WESTERN = (
    *SPANISH,
    "À l’issue de l’entretien, les ministres ont salué « l’amitié » entre les deux pays – une première.",
    "Größere Veränderungen für die Bürger: „Österreich übernimmt“, sagte die Außenministerin.",
    "A reunião ocorreu em São Paulo; a situação não exige ação imediata dos cidadãos.",
)


@pytest.mark.parametrize("text", WESTERN)
@pytest.mark.parametrize("wrong", ["latin-1", "windows-1252", "mac_roman"])
def test_text_decoded_with_the_wrong_charset_is_read_again(text: str, wrong: str) -> None:
    damaged = text.encode().decode(wrong, errors="replace")
    if "\ufffd" not in damaged:
        assert repaired(damaged) == text


@pytest.mark.parametrize("text", WESTERN)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repaired(text) == text


def _letters(first: int, last: int) -> list[str]:
    return [letter for letter in map(chr, range(first, last)) if letter.isprintable()]


@given(
    st.text(
        # Latin with every accent, Greek, Cyrillic, Hebrew, Arabic, punctuation.
        st.sampled_from([*_letters(0x20, 0x180), *_letters(0x370, 0x700), *_letters(0x2010, 0x2040)]),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(["windows-1252", "latin-1", "windows-1250"]),
)
def test_the_short_cuts_never_hide_damage(text: str, wrong: str) -> None:
    damaged = text.encode().decode(wrong, errors="replace")
    if is_bad(damaged):
        assert repair._SUSPECT.search(damaged)
        assert repair._UNUSUAL.search(damaged)


@given(st.text())
def test_repairing_again_changes_nothing(text: str) -> None:
    once = repaired(text)
    assert repaired(once) == once


@given(st.text())
def test_what_comes_out_is_composed_visible_and_single_spaced(text: str) -> None:
    once = repaired(text)
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())
    assert not any(unicodedata.category(each) in ("Cc", "Cs") for each in once)
    assert not set(once) & set("\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")


@given(st.lists(st.sampled_from(["uno", "dos", "tres", "mañana", "[sic]"]), min_size=1))
def test_plain_words_are_never_lost(words: list[str]) -> None:
    assert repaired("  ".join(words)).split() == words


def test_direction_overrides_cannot_make_a_text_read_backwards() -> None:
    assert repaired("El canciller \u202edijo no\u202c al acuerdo") == "El canciller dijo no al acuerdo"


def test_zero_width_characters_do_not_split_words() -> None:
    assert repaired("comu\u200bni\u00adcado\ufeff con\u2060junto") == "comunicado conjunto"


def test_joiners_that_persian_spells_with_are_kept() -> None:
    assert repaired("می\u200cخواهیم") == "می\u200cخواهیم"
    assert repaired("wo\u200crd \u200d!") == "word !"


def test_accents_are_composed() -> None:
    assert repaired("Me\u0301xico") == "México"


def test_ligatures_of_pdf_are_letters() -> None:
    assert repaired("o\ufb03cial") == "official"


def test_entities_that_were_escaped_twice_are_characters() -> None:
    assert repaired("Trade &amp;amp; security&#8217;s") == "Trade & security’s"
    assert repaired("R&D and AT&T") == "R&D and AT&T"


def test_line_breaks_and_hard_spaces_inside_a_paragraph_are_spaces() -> None:
    assert repaired("una línea\n   partida\u00a0aquí\u3000y allí") == "una línea partida aquí y allí"


def test_paragraphs_stay_paragraphs() -> None:
    assert repaired_paragraphs(("Uno. ", "\u200b", "", "Dos\npartes.\n\nTres.")) == (
        "Uno.",
        "Dos partes.",
        "Tres.",
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("the fight [against] organized crime", 1),
        ("the officials [also] met, and the [working] group [sic] too", 3),
        ("as agreed [1] before [...] and after […]", 0),
        ("an open [bracket that never ends", 0),
        ("nothing", 0),
    ],
)
def test_insertions_in_square_brackets_are_counted(text: str, count: int) -> None:
    assert insertions_in([text]) == count


@given(st.lists(st.tuples(st.sampled_from(["uno", "dos", "mañana"]), st.booleans())))
def test_every_bracketed_word_counts_once(words: list[tuple[str, bool]]) -> None:
    text = " ".join(f"[{word}]" if inserted else word for word, inserted in words)
    assert insertions_in([text]) == sum(inserted for _, inserted in words)
    assert insertions_in([repaired(text)]) == insertions_in([text])
