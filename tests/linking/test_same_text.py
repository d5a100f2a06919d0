"""Two texts of one language: copies, excerpts, templates."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import combinations

import pytest

from crawler.items import Claim, Release
from pipelines.linking.evidence import (
    CONTRADICTION,
    EXCERPT,
    JOINABLE,
    SAME_TEXT,
    Evidence,
    Library,
)
from pipelines.linking.publishers import weigh
from pipelines.linking.same_text import compare
from pipelines.linking.words import anchors, figure_words, read_words, shared_anchors
from pipelines.linking.worn import read_badly, stretch
from storage.candidates import BAND, Tie
from storage.links import ReleaseFacts, ReleaseText
from tests.linking.shelf import DAY, release
from tests.linking.texts import (
    FOLLOW_UP_ES,
    JOINT_EN,
    JOINT_EN_OTHER,
    JOINT_ES,
    JOINT_TITLE,
    OTHER_EN,
    OTHER_ES,
    exchange_rate,
)


def _facts(made: Release) -> ReleaseFacts:
    return ReleaseFacts(
        made.id,
        made.source,
        made.source_kind,
        made.language,
        made.kind,
        made.role_hint,
        made.role_hint,
        made.standing,
        made.issuers,
        made.said_on,
        made.posted_on,
        made.posted_at,
        made.folio,
        made.title,
        "s" + made.id[1:],
    )


def judge(one: Release, other: Release) -> Evidence | None:
    """Evidence from the texts of two releases of one language."""
    left, right = sorted((one, other), key=lambda each: each.id)
    texts = {
        each.id: ReleaseText(each.id, each.language, each.title, each.body, each.folio, each.signature)
        for each in (one, other)
    }
    claims: dict[str, tuple[Claim, ...]] = {each.id: each.claims for each in (one, other)}
    found = weigh([Tie(BAND, left.id, right.id, "")], _facts(left), _facts(right), claims, Library(texts))
    return found[0] if found else None


ORIGINAL = release("mx_sre", "a", JOINT_ES, JOINT_TITLE)


def test_typography_accents_and_case_do_not_make_another_text() -> None:
    typed = JOINT_ES.replace("é", "e\u0301").replace("la Ciudad", "la\u00a0CIUDAD").replace(",", " ,")
    found = judge(ORIGINAL, release("mx_segob", "b", typed, JOINT_TITLE))
    assert found is not None
    assert (found.kind, found.score) == (SAME_TEXT, 1.0)


def test_a_copy_with_lead_headline_and_foot_line_of_its_own_is_the_same_text() -> None:
    paragraphs = JOINT_ES.split("\n\n")
    framed = [
        "Nota de la redacción: reproducimos a continuación el texto que difundieron hoy tres secretarías.",
        *paragraphs[:3],
        *paragraphs[4:],
        "Publicado el 27 de febrero de 2017 en la sección de documentos.",
    ]
    found = judge(
        ORIGINAL, release("otro_espejo", "b", "\n\n".join(framed), "México y EUA revisan la frontera")
    )
    assert found is not None
    assert found.kind == SAME_TEXT
    assert found.score >= JOINABLE


def test_a_part_of_a_text_is_an_excerpt_of_the_longer() -> None:
    part = "\n\n".join(JOINT_ES.split("\n\n")[2:4])
    short = release("otro_espejo", "b", part, "Seis cruces con más horario")
    found = judge(ORIGINAL, short)
    assert found is not None
    assert found.kind == EXCERPT
    assert found.score >= JOINABLE
    assert found.features["excerpt"] == short.id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("240 millones", "260 millones"),
        ("45 días", "60 días"),
        ("por 3 horas", "por 5 horas"),
        ("35 mil", "35 mil 500"),
    ],
)
def test_a_corrected_figure_makes_another_text(old: str, new: str) -> None:
    assert old in JOINT_ES
    found = judge(ORIGINAL, release("mx_segob", "b", JOINT_ES.replace(old, new), JOINT_TITLE))
    assert found is not None
    assert found.score == CONTRADICTION
    assert found.features["reason"] == "the same wording with other figures"


def test_an_editors_insertion_does_not_make_another_text() -> None:
    inserted = JOINT_ES.replace("recibieron hoy", "recibieron hoy [23 de febrero]").replace(
        "por 3 horas", "por 3 [tres] horas"
    )
    found = judge(ORIGINAL, release("otro_espejo", "b", inserted, JOINT_TITLE))
    assert found is not None
    assert found.score >= JOINABLE


def test_months_and_numbers_in_words_are_figures() -> None:
    body = (
        JOINT_ES + "\n\nLos grupos se reunirán en mayo durante cuatro jornadas, según lo acordado por todos."
    )
    other = body.replace("en mayo", "en junio")
    found = judge(release("mx_sre", "a", body), release("mx_segob", "b", other))
    assert found is not None
    assert found.score == CONTRADICTION
    assert found.features["figures"] in ([["mayo"], ["junio"]], [["junio"], ["mayo"]])
    found = judge(release("mx_sre", "a", body), release("mx_segob", "b", body.replace("cuatro", "cinco")))
    assert found is not None
    assert found.score == CONTRADICTION
    assert {"janvier", "mardi", "douze"} <= figure_words("fr")
    assert figure_words("tlh") == frozenset()


def test_the_same_wording_about_other_people_is_not_a_copy() -> None:
    swapped = (
        JOINT_ES.replace("Warren Holloway", "Pieter Vandermeer")
        .replace("Ruth Pemberton", "Anneke Dijkstra")
        .replace("Washington", "Bruselas")
    )
    found = judge(ORIGINAL, release("mx_segob", "b", swapped, JOINT_TITLE))
    assert found is not None
    assert found.score == CONTRADICTION


def test_one_name_that_differs_is_a_question() -> None:
    found = judge(
        ORIGINAL, release("mx_segob", "b", JOINT_ES.replace("Inés Carmona", "Lucía Robledo"), JOINT_TITLE)
    )
    assert found is not None
    assert 0 < found.score < JOINABLE
    assert "name differs" in found.features["doubt"]


def test_badly_read_letters_are_no_other_names() -> None:
    noisy = (
        JOINT_ES.replace("Holloway", "Hoiloway")
        .replace("delegación", "deiegación")
        .replace("Pemberton", "Pernberton")
    )
    found = judge(ORIGINAL, release("otro_espejo", "b", noisy, JOINT_TITLE))
    assert found is not None
    assert found.kind == SAME_TEXT
    assert found.score >= JOINABLE


def test_a_follow_up_in_the_same_words_is_another_statement() -> None:
    later = release(
        "mx_sre", "b", FOLLOW_UP_ES, "Seguimiento a la frontera común", said_on=DAY + timedelta(days=19)
    )
    found = judge(ORIGINAL, later)
    assert found is None or found.score < JOINABLE


def test_a_sites_own_number_line_does_not_separate_copies() -> None:
    sre = release("mx_sre", "a", "Comunicado No. 056\n\n" + JOINT_ES, f"056. {JOINT_TITLE}", folio="056")
    segob = release("mx_segob", "b", "Boletín No. 17\n\n" + JOINT_ES, f"17. {JOINT_TITLE}", folio="17")
    found = judge(sre, segob)
    assert found is not None
    assert found.score == 1.0


def test_two_numbers_of_one_site_are_two_releases_however_alike() -> None:
    first = release("mx_sre", "a", JOINT_ES, JOINT_TITLE, folio="056")
    found = judge(first, release("mx_sre", "b", JOINT_ES, JOINT_TITLE, folio="057"))
    assert found is not None
    assert found.score == CONTRADICTION


def test_a_dateline_of_the_mirrors_own_day_is_framing() -> None:
    original = release("mx_sre", "a", "Ciudad de México, 23 de febrero de 2017. " + JOINT_ES, JOINT_TITLE)
    copied = release(
        "otro_espejo",
        "b",
        "México, 24 de febrero de 2017. " + JOINT_ES,
        JOINT_TITLE,
        said_on=DAY + timedelta(days=1),
    )
    found = judge(original, copied)
    assert found is not None
    assert found.score >= JOINABLE


def test_one_text_posted_again_by_its_own_site_days_later_is_a_question() -> None:
    found = judge(ORIGINAL, release("mx_sre", "b", JOINT_ES, JOINT_TITLE, said_on=DAY + timedelta(days=7)))
    assert found is not None
    assert 0 < found.score < JOINABLE
    assert "7 days apart" in found.features["doubt"]


def test_equal_texts_of_two_ministries_a_month_apart_are_a_question() -> None:
    later = DAY + timedelta(days=30)
    found = judge(ORIGINAL, release("mx_segob", "b", JOINT_ES, JOINT_TITLE, said_on=later))
    assert found is not None
    assert 0 < found.score < JOINABLE
    mirrored = judge(ORIGINAL, release("otro_espejo", "b", JOINT_ES, JOINT_TITLE, said_on=later))
    assert mirrored is not None
    assert mirrored.score >= JOINABLE


def test_a_line_of_few_words_proves_nothing() -> None:
    line = "El canciller no tiene actividades públicas hoy."
    assert (
        judge(release("mx_sre", "a", line), release("mx_segob", "b", line, said_on=DAY + timedelta(days=1)))
        is None
    )
    assert judge(release("mx_sre", "a", line), release("mx_sre", "b", line)) is None
    same = judge(release("mx_sre", "a", line), release("mx_segob", "b", line))
    assert same is not None
    assert same.score >= JOINABLE


def test_unrelated_texts_have_little_in_common() -> None:
    found = compare(read_words(JOINT_ES, "es"), read_words(OTHER_ES, "es"))
    assert found.containment < 0.2


def test_a_text_too_long_to_align_is_a_question_unless_equal() -> None:
    long = " ".join(f"palabra{number % 977}" for number in range(45_000))
    words = read_words(long, "es")
    assert compare(words, read_words(long, "es")).equal
    assert not compare(words, read_words(long + " fin", "es")).aligned


def _notice(day: int, chance: random.Random) -> Release:
    said = date(2016, 1, 4) + timedelta(days=day)
    written = f"{said.day} de {_MONTHS[said.month - 1]} de {said.year}"
    figures = (
        f"{chance.uniform(17, 21):.4f}",
        f"{chance.uniform(19, 24):.4f}",
        f"{chance.uniform(3, 7):.2f}",
    )
    title, body = exchange_rate(written, *figures)
    source = ("mx_shcp", "mx_sre", "otro_espejo")[day % 3]
    return release(source, f"tipo-{day}", body, title, said_on=said, posted_on=said)


_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def test_of_two_thousand_pairs_of_templates_none_is_joined() -> None:
    chance = random.Random(7)
    notices = [_notice(day, chance) for day in range(64)]
    pairs = list(combinations(notices, 2))
    assert len(pairs) > 2000
    verdicts = [judge(one, other) for one, other in pairs]
    joined = [each for each in verdicts if each is not None and each.score >= JOINABLE]
    assert joined == []
    # They are not simply missed: their wording is recognised, and the figures are what separates them.
    assert sum(each is not None and each.score == CONTRADICTION for each in verdicts) > 0.95 * len(pairs)


def test_templates_of_one_day_with_other_figures_are_apart() -> None:
    chance = random.Random(11)
    day = "23 de febrero de 2017"
    notices = [
        release(source, f"{source}-{number}", body, title)
        for number in range(20)
        for source in ("mx_shcp", "mx_sre")
        for title, body in [
            exchange_rate(day, *(f"{chance.uniform(low, low + 3):.4f}" for low in (17, 19, 4)))
        ]
    ]
    for one, other in combinations(notices, 2):
        found = judge(one, other)
        assert found is not None
        assert found.score == CONTRADICTION


def test_figures_and_names_survive_translation() -> None:
    spanish, english, second, other = (
        anchors(read_words(text, language))
        for text, language in ((JOINT_ES, "es"), (JOINT_EN, "en"), (JOINT_EN_OTHER, "en"), (OTHER_EN, "en"))
    )
    assert (shared_anchors(spanish, english) or 0) > 0.6
    assert (shared_anchors(spanish, second) or 0) > 0.6
    assert (shared_anchors(spanish, other) or 0) < 0.3
    assert shared_anchors(anchors(read_words("Solo palabras comunes.", "es")), english) is None


def test_numbers_are_compared_in_one_notation_and_names_in_latin_letters() -> None:
    ours = anchors(read_words("Hoy se pagaron 1.500 pesos, 17,25 por ciento, dijo Mijaíl Gorbunov.", "es"))
    theirs = anchors(
        read_words("Сегодня выплачено 1,500 песо, 17.25 процента, сказал Михаил Горбунов.", "ru")
    )
    assert {"1500", "17.25", "gorbu"} <= ours & theirs


def test_figures_before_korean_and_chinese_counters_are_figures() -> None:
    korean = read_words("외환보유액은 4,023.3억 달러로 6일 현재 46.4억 달러 증가하였다", "ko")
    assert set(korean.figure_counts()) == {"4.023.3", "6", "46.4"}
    chinese = read_words("全国优良天数比例为87.3%,细颗粒物浓度为18微克", "zh")
    assert set(chinese.figure_counts()) == {"87.3", "18"}


def test_characters_are_words_where_a_script_has_no_spaces() -> None:
    assert read_words("長崎市で", "ja").folded == ("長", "崎", "市", "て")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("that convoys were held", "tbaf c- onvoys were h e1d"),
        ("1300 passengers", "13o0 passcngers"),
        ("15 апреля", "1S апр- еля"),
    ],
)
def test_a_badly_read_stretch_is_the_same_stretch(left: str, right: str) -> None:
    one, other = (read_words(each, "en") for each in (left, right))
    ours, theirs = (stretch(each, 0, len(each.folded)) for each in (one, other))
    assert read_badly(ours, theirs)


@pytest.mark.parametrize(
    ("left", "right"),
    [("in Honduras", "in Ecuador"), ("the convoys waited", "officials replied"), ("23", "")],
)
def test_another_wording_is_not_badly_read(left: str, right: str) -> None:
    one, other = (read_words(each, "en") for each in (left, right))
    assert not read_badly(stretch(one, 0, len(one.folded)), stretch(other, 0, len(other.folded)))


def test_a_badly_read_copy_between_two_frames_contains_its_text() -> None:
    text = " ".join(f"word{chr(97 + at % 26)}{chr(97 + at // 26)} follows after" for at in range(60))
    worn = text.replace("follows after", "fo1lows aftcr", 40)
    framed = f"Our newsroom received what is printed here today. {worn} Share it with your friends now."
    other = (
        f"From the inbox of the editors, without changes. {text} Terms of use and contact for advertisers."
    )
    found = compare(read_words(framed, "en"), read_words(other, "en"))
    assert found.containment > 0.95
    assert not found.figures_differ


def test_a_corrected_figure_is_seen_in_a_badly_read_copy() -> None:
    text = " ".join(
        f"The minister of {chr(97 + at % 26)}{chr(97 + at // 26)}state replied." for at in range(50)
    )
    worn = text.replace("minister", "mlnisfer", 30)
    found = compare(
        read_words(f"{worn} It cost 840 million pesos. {worn}", "en"),
        read_words(f"{text} It cost 480 million pesos. {text}", "en"),
    )
    assert found.figures == (("840",), ("480",))
