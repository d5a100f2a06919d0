"""The number of a release: kept as printed, compared without label, zeros and year."""

from __future__ import annotations

import pytest

from pipelines.folio import comparable_folio, find_folio


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Comunicado No. 056", "056"),
        ("Comunicado No 56: Visita de la delegación", "56"),
        ("COMUNICADO CONJUNTO No. 12", "12"),
        ("Comunicado de Prensa Núm. 7/2017", "7/2017"),
        ("Press Release No. 056 - Visit of the delegation", "056"),
        ("Boletín 386. La Secretaría informa", "386"),
        ("Boletín No. 386", "386"),
        ("Comunicado de prensa 201/2026", "201/2026"),
        ("PRN 2011/1166", "2011/1166"),
        ("PRN: 2011/1166", "2011/1166"),
        ("No. 2010/34 - Canada Welcomes", "2010/34"),
        ("Nota à imprensa nº 146", "146"),
        ("NOTA À IMPRENSA N° 612", "612"),
        ("«Comunicado No. 056»", "056"),
    ],
)
def test_the_number_is_found_wherever_it_opens_a_text(text: str, number: str) -> None:
    assert find_folio(None, text, None, []) == number
    assert find_folio(None, "Title", text, []) == number
    assert find_folio(None, "Title", None, ["For Immediate Release", text]) == number
    assert find_folio(text, "Title", None, []) == number


@pytest.mark.parametrize(
    "title", ["Visita (Comunicado No. 56)", "Visita - Comunicado No. 56", "Visita | PRN 2011/56"]
)
def test_the_number_may_close_the_title(title: str) -> None:
    assert find_folio(None, title, None, []) in ("56", "2011/56")


@pytest.mark.parametrize(
    "text",
    [
        "Respuesta al Comunicado No. 44 de ayer",
        "Comunicado 23 de febrero de 2017",
        "Comunicado conjunto",
        "No. 1 in the world",
        "Boletín 5 de mayo",
        "Press Release No. 3.5 percent",
        "Media Note",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert find_folio(None, text, None, [text]) is None


def test_a_number_deep_in_the_text_is_another_releases() -> None:
    assert find_folio(None, "Title", None, ["a", "b", "c", "Comunicado No. 056"]) is None


def test_the_pages_own_number_line_comes_first() -> None:
    assert find_folio("Número: 0012", "Comunicado No. 13", None, []) == "0012"


@pytest.mark.parametrize(
    ("one", "other"),
    [("056", "56"), ("56/2017", "056"), ("56/17", "56"), ("2017/56", "56"), ("0", "000"), ("2017", "2017")],
)
def test_zeros_and_the_year_do_not_tell_numbers_apart(one: str, other: str) -> None:
    assert comparable_folio(one, 2017) == comparable_folio(other, 2017)


@pytest.mark.parametrize(("one", "other"), [("56", "57"), ("56/2016", "56"), ("5/6", "56"), ("560", "56")])
def test_other_numbers_stay_apart(one: str, other: str) -> None:
    assert comparable_folio(one, 2017) != comparable_folio(other, 2017)
