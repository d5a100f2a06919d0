"""Site furniture goes, from the edges only; every paragraph of the release stays in its order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.furniture import is_furniture, without_furniture
from tests.pipelines.made import ENGLISH, SPANISH

FURNITURE = {
    "en": ["For Immediate Release", "FOR IMMEDIATE RELEASE:", "Share this page", "Read more »", "Back to top",
           "Share on Facebook, Twitter and LinkedIn", "Continue reading…", "Print this page"],
    "es": ["Continuar leyendo", "Compartir", "Para su difusión inmediata", "Leer más...", "Imprimir página"],
    "fr": ["Lire la suite", "Partager sur Facebook", "Pour diffusion immédiate", "Retour en haut de page"],
    "pt": ["Compartilhe no WhatsApp", "Leia mais", "Voltar ao topo"],
    "de": ["Weiterlesen", "Seite drucken", "Zum Seitenanfang", "Teilen"],
    "it": ["Condividi su Facebook", "Leggi tutto", "Torna su"],
    "ar": ["اقرأ المزيد", "للنشر الفوري"],
    "ru": ["Читать далее", "Поделиться"],
    "zh": ["阅读全文", "返回顶部"],
    "ja": ["続きを読む", "ページトップへ戻る"],
}  # fmt: skip
END_MARKS = [
    "—000—",
    "-000-",
    "— 0 0 —",
    "###",
    "# # #",
    "-30-",
    "- 30 -",
    "***",
    "* * *",
    "-----",
    "–ooo–",
    "---ooOoo---",
]
SENTENCES = [
    *ENGLISH,
    *SPANISH,
    "Share your views with us before May.",
    "Compartir la prosperidad es nuestro propósito.",
    "Continuar leyendo a los clásicos es un derecho.",
    "30",
    "000",
    "A second paragraph.",
    "Press Release No. 056",
    "Comunicado No. 056",
    "[Applause]",
    "Printed matter is free of duty.",
]


@pytest.mark.parametrize(
    ("language", "text"), [(key, each) for key, some in FURNITURE.items() for each in some]
)
def test_furniture_is_known_in_its_language(language: str, text: str) -> None:
    assert is_furniture(text, [language])


@pytest.mark.parametrize("text", [each for each in END_MARKS if each != "— 0 0 —"])
def test_marks_of_the_end_are_known_in_any_language(text: str) -> None:
    assert is_furniture(text, [])


@pytest.mark.parametrize(
    "text", ["Share/Save/Bookmark Tell a Friend New Page 1", "Facebook | Twitter | E-mail"]
)
def test_buttons_are_known_in_any_language(text: str) -> None:
    assert is_furniture(text, [])


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences_and_number_lines_are_no_furniture(text: str) -> None:
    assert not is_furniture(text, list(FURNITURE))


def test_both_edges_are_cleared() -> None:
    body = ("Compartir", "For Immediate Release", *SPANISH, "—000—", "Continuar leyendo")
    assert without_furniture(body, ["es", "en"]) == SPANISH


def test_what_stands_between_two_paragraphs_stays() -> None:
    body = (SPANISH[0], "***", SPANISH[1])
    assert without_furniture(body, ["es"]) == body


furniture = st.sampled_from([*(each for some in FURNITURE.values() for each in some), "###", "***", "-30-"])


@given(st.lists(furniture), st.lists(st.one_of(st.sampled_from(SENTENCES), furniture)), st.lists(furniture))
def test_every_paragraph_of_the_release_survives_in_order(
    before: list[str], middle: list[str], after: list[str]
) -> None:
    body = [*before, *middle, *after]
    kept = without_furniture(body, list(FURNITURE))
    sentences = [each for each in body if each in SENTENCES]
    assert [each for each in kept if each in SENTENCES] == sentences
    if sentences:
        first = body.index(sentences[0])
        assert list(kept) == body[first : first + len(kept)]
        assert kept[0] in SENTENCES
        assert kept[-1] in SENTENCES
    else:
        assert kept == ()
    assert without_furniture(kept, list(FURNITURE)) == kept
