"""Lines that a field holds leave the text; text never does."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Release
from pipelines.frame import Known, without_frame
from pipelines.identify import identify
from pipelines.normalize import normalize
from pipelines.voices import is_notice
from tests.pipelines.made import MX_SRE, SPANISH, ministry_item

KNOWN = Known(
    folio="014",
    issuers=("mx.sre", "mx.segob", "mx.shcp"),
    issuers_raw=("SRE-SEGOB-SHCP",),
    countries=frozenset({"mx"}),
    dateline="Le 3 mai 2024 – Ottawa (Ontario) – Affaires mondiales Canada",
    said_raw="23 de febrero de 2017",
    language="es",
    zone=ZoneInfo("America/Mexico_City"),
)
STATE = replace(
    KNOWN, issuers=("us.state",), countries=frozenset({"us"}), dateline=None, said_raw="3 de mayo de 2022"
)
TEXT = ("Los ministros se reunieron hoy.", "Acordaron abrir un segundo puente.")
NOTICES = [
    "Esta traducción se proporciona como una cortesía y únicamente debe considerarse fidedigna la fuente "
    "original en inglés.",
    "This translation is provided as a courtesy and only the original English source should be considered "
    "authoritative.",
    "This translation is provided as a courtesy. Only the original English source is authoritative.",
    "Cette traduction est fournie à titre gracieux et seul le texte original en anglais fait foi.",
    "Esta tradução é fornecida como cortesia e apenas o texto original em inglês é considerado oficial.",
    "Этот перевод предоставляется для удобства, официальным считается только текст на английском языке.",
    "هذه الترجمة مقدمة على سبيل المجاملة، ولا يُعتد إلا بالنص الإنجليزي الأصلي.",
    "此翻译仅供参考，只有英文原稿具有权威性。",
    "(Unofficial translation)",
    "Courtesy translation",
    "Traducción no oficial",
]


@pytest.mark.parametrize(
    "line",
    [
        "Comunicado No. 014",
        "Boletín 014.",
        "Comunicado conjunto SRE-SEGOB-SHCP",
        "Secretaría de Relaciones Exteriores",
        "Ciudad de México, 23 de febrero de 2017.-",
        "23 de febrero de 2017",
        "Le 3 mai 2024 – Ottawa (Ontario) – Affaires mondiales Canada",
        *NOTICES,
    ],
)
def test_a_line_that_a_field_holds_is_no_text(line: str) -> None:
    assert without_frame((line, *TEXT), KNOWN, ("es",)).paragraphs == TEXT


@pytest.mark.parametrize(
    "line",
    [
        # Another release's number; a number that begins a sentence; others who speak.
        "Comunicado No. 013",
        "Comunicado No. 014 de la Secretaría se refiere a este asunto",
        "Comunicado conjunto SRE-SEMAR",
        "Secretaría de Salud",
        # Another day, and a dateline with the text behind it.
        "Ciudad de México, 24 de febrero de 2017.-",
        "Ciudad de México, 23 de febrero de 2017.- El secretario recibió hoy al embajador.",
        "WASHINGTON — The ministers met.",
        # Speaking of translations is not being one.
        "Los ministros inauguraron un curso de traducción de cortesía.",
        "Esta traducción se proporciona como cortesía. El presidente llegó hoy a Lima.",
        "The courtesy translation was handed to the ministers when they met on the border at noon.",
    ],
)
def test_a_line_that_says_anything_else_stays(line: str) -> None:
    assert without_frame((line, *TEXT), KNOWN, ("es", "en")).paragraphs == (line, *TEXT)


def test_frame_lines_are_taken_from_the_edges_only() -> None:
    body = ("Comunicado No. 014", TEXT[0], "Comunicado No. 014", NOTICES[0], TEXT[1])
    assert without_frame(body, KNOWN, ("es",)).paragraphs == body[1:]


def test_a_letterhead_is_taken_whole_and_in_pieces() -> None:
    whole = "Departamento de Estado de los Estados Unidos Oficina del Portavoz 3 de mayo de 2022"
    pieces = (
        "Departamento de Estado de los Estados Unidos",
        "Oficina del Portavoz",
        "3 de mayo de 2022",
    )
    for head in ((whole,), pieces):
        unframed = without_frame((*head, *TEXT, NOTICES[0]), STATE, ("es",))
        assert (unframed.paragraphs, unframed.dateline, unframed.notice) == (TEXT, head[-1], NOTICES[0])


def test_marks_of_the_end_before_a_notice_go_too() -> None:
    assert without_frame((*TEXT, "###", NOTICES[0]), KNOWN, ("es",)).paragraphs == TEXT


def test_a_text_of_nothing_but_a_frame_stays() -> None:
    body = ("Comunicado No. 014", "23 de febrero de 2017")
    assert without_frame(body, KNOWN, ("es",)).paragraphs == body


def release_of(*body: str) -> Release:
    return identify(normalize(ministry_item(body=body), MX_SRE), MX_SRE)


def test_what_left_the_text_is_on_the_record() -> None:
    line = "Ciudad de México, 23 de febrero de 2017.-"
    release = release_of("Comunicado No. 056", line, *SPANISH, NOTICES[0])
    assert tuple(release.body.split("\n\n")) == SPANISH
    assert (release.folio, release.said_raw, release.attribution) == ("056", line, NOTICES[0])
    assert (release.role_hint.value, release.standing) == ("translation", "courtesy")


def test_the_same_words_with_and_without_a_frame_have_one_signature() -> None:
    plain, framed = release_of(*SPANISH), release_of("Comunicado No. 056", *SPANISH)
    assert plain.signature == framed.signature
    assert plain.body == framed.body


sentences = st.lists(
    st.from_regex(r"[A-Z][a-zé]{2,9}( [a-zñ]{1,9}){3,12}( 23 de febrero de 2017| 014)?\.", fullmatch=True),
    min_size=1,
    max_size=6,
)
frames = st.lists(st.sampled_from(["Comunicado No. 014", "23 de febrero de 2017", *NOTICES]), max_size=3)


@given(sentences, frames, st.lists(st.sampled_from(NOTICES), max_size=2))
def test_no_sentence_is_ever_lost(text: list[str], before: list[str], after: list[str]) -> None:
    assert without_frame((*before, *text, *after), KNOWN, ("es",)).paragraphs == tuple(text)


@pytest.mark.parametrize("line", NOTICES)
def test_a_notice_is_told_in_many_languages(line: str) -> None:
    assert is_notice(line)
