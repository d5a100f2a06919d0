"""Galician, Catalan, Portuguese and Spanish are told apart by their articles, endings and letters."""

from __future__ import annotations

import pytest

from pipelines.hold import HoldBack
from pipelines.language import find_language
from pipelines.relatives import RELATIVES, told_apart

TITLES = {
    "es": "Nota sobre el ataque contra las oficinas de la misión y los trabajadores",
    "gl": "Nota sobre o ataque contra as oficinas da misión e unha das súas embarcacións",
    "pt": "Nota sobre o ataque contra os escritórios da missão e uma das suas embarcações",
    "ca": "Nota sobre l'atac contra les oficines de la missió i els seus treballadors",
}


@pytest.mark.parametrize("tag", TITLES)
def test_a_title_is_told_apart_from_its_relatives(tag: str) -> None:
    assert told_apart(TITLES[tag], RELATIVES) == tag


@pytest.mark.parametrize("tag", TITLES)
def test_a_title_is_found_where_all_four_are_declared(tag: str) -> None:
    assert find_language(TITLES[tag], [], sorted(RELATIVES)).language == tag


@pytest.mark.parametrize("tag", [each for each in TITLES if each != "pt"])
def test_a_relative_never_passes_for_the_only_declared_language(tag: str) -> None:
    with pytest.raises(HoldBack, match="language not declared"):
        find_language(TITLES[tag], [], ["pt"])


@pytest.mark.parametrize("text", ["", "T-MEC 2026", "Nota 14", "OEA ONU FMI", "中国"])
def test_a_text_without_marks_is_not_told_apart(text: str) -> None:
    assert told_apart(text, RELATIVES) is None


def test_a_single_foreign_name_is_not_enough_to_tell() -> None:
    assert told_apart("Peñarol", RELATIVES) is None


def test_only_the_languages_asked_about_are_answered() -> None:
    assert told_apart(TITLES["es"], ["gl", "pt"]) != "es"
    assert told_apart(TITLES["es"], ["en", "fr"]) is None
