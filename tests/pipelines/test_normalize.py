"""From what a page says to a clean text; what cannot be mapped is held back with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.declare import Kinds, MirrorOf, Voice
from crawler.items import KindOfRelease, KindOfSource, ReleaseItem, Role, Standing
from crawler.source import Source
from pipelines.hold import HoldBack
from pipelines.normalize import Draft, clean_title, normalize
from tests.pipelines.made import (
    ENGLISH,
    FOOT_LINE,
    MEXIDATA,
    MX_SRE,
    SPANISH,
    made_source,
    ministry_item,
    mirror_item,
)

THURSDAY = date(2017, 2, 23)
MONDAY = date(2017, 2, 27)


def on_ministry(**changes: object) -> Draft:
    return normalize(ministry_item(**changes), MX_SRE)


def on_mirror(**changes: object) -> Draft:
    return normalize(mirror_item(**changes), MEXIDATA)


def held(item: ReleaseItem, source: type[Source]) -> HoldBack:
    with pytest.raises(HoldBack) as caught:
        normalize(item, source)
    assert caught.value.stage == "normalize"
    return caught.value


# Days


def test_a_mirrors_monday_is_not_the_statements_thursday() -> None:
    draft = on_mirror()
    assert draft.said_on == THURSDAY
    assert draft.said_raw == "Feb. 23, 2017"
    assert draft.posted_on == MONDAY
    assert draft.item.posted == "Monday, February 27, 2017"
    assert draft.timezone == "America/Los_Angeles"


def test_a_mirror_without_the_statements_day_is_held_back() -> None:
    found = held(mirror_item(attribution="Ministry of Foreign Affairs; translation"), MEXIDATA)
    assert found.reason == "no statement date"
    assert "2017-02-27" in found.detail


def test_a_mirrors_dateline_says_the_day_too() -> None:
    body = (f"MEXICO CITY, February 22, 2017 - {ENGLISH[0]}", *ENGLISH[1:])
    draft = on_mirror(attribution="Ministry of Foreign Affairs; translation", body=body)
    assert draft.said_on == date(2017, 2, 22)
    assert draft.said_raw == "February 22, 2017"


def test_a_ministrys_posting_day_is_the_statements_where_nothing_else_says_it() -> None:
    draft = on_ministry()
    assert draft.said_on == draft.posted_on == THURSDAY
    assert draft.said_raw is None


def test_a_dateline_goes_before_the_posting_day() -> None:
    body = (f"Ciudad de México, 21 de febrero de 2017.- {SPANISH[0]}", *SPANISH[1:])
    draft = on_ministry(body=body)
    assert (draft.said_on, draft.posted_on) == (date(2017, 2, 21), THURSDAY)


def test_the_pages_own_field_goes_before_the_dateline() -> None:
    draft = on_ministry(
        said="20.02.2017", said_on=date(2017, 2, 20), dateline="México, 21 de febrero de 2017"
    )
    assert (draft.said_on, draft.said_raw) == (date(2017, 2, 20), "20.02.2017")


def test_a_page_without_the_posting_date_that_all_pages_of_its_source_show_is_held_back() -> None:
    record = held(ministry_item(posted=None, posted_on=None, said_on=date(2017, 2, 23)), MX_SRE)
    assert record.reason == "no posting date"
    assert "Correct the rule `posted`" in record.detail


def test_a_ministrys_page_without_any_day_is_held_back() -> None:
    assert held(ministry_item(posted=None, posted_on=None), MX_SRE).reason == "no statement date"


def test_a_posting_time_gives_the_day_in_the_sources_zone() -> None:
    late = datetime(2017, 2, 23, 22, 0, tzinfo=timezone(timedelta(hours=-6)))
    draft = on_ministry(posted=None, posted_on=None, posted_at=late)
    assert draft.posted_on == THURSDAY
    assert draft.posted_at == datetime(2017, 2, 24, 4, 0, tzinfo=UTC)


def test_a_raw_day_is_read_by_the_definitions_formats() -> None:
    assert on_ministry(posted="22 de febrero de 2017", posted_on=None).posted_on == date(2017, 2, 22)


@pytest.mark.parametrize("field", ["posted", "said"])
def test_a_raw_day_that_fits_no_format_is_held_back(field: str) -> None:
    found = held(ministry_item(**{field: "a few days ago", f"{field}_on": None}), MX_SRE)
    assert found.reason == "unreadable date"
    assert "'a few days ago'" in found.detail
    assert f"field {field}" in found.detail


@pytest.mark.parametrize("day", [date(2017, 3, 3), date(1899, 12, 31), date(2107, 2, 23)])
def test_a_day_that_cannot_be_is_held_back(day: date) -> None:
    assert held(ministry_item(said="x", said_on=day), MX_SRE).reason == "impossible date"
    assert held(ministry_item(posted_on=day), MX_SRE).reason == "impossible date"


def test_tomorrow_is_possible_for_a_site_ahead_of_its_zone() -> None:
    assert on_ministry(posted_on=date(2017, 3, 2)).said_on == date(2017, 3, 2)


def test_a_statement_said_after_it_was_posted_is_noted() -> None:
    draft = on_ministry(said="x", said_on=date(2017, 2, 26))
    assert "dates: said on 2017-02-26, after it was posted on 2017-02-23" in draft.notes


# Who speaks


def test_the_definition_speaks_where_the_page_names_nobody() -> None:
    assert on_ministry().issuers == ("mx.sre",)


def test_a_joint_communique_names_all_in_the_pages_order() -> None:
    assert on_ministry(issuers=("SHCP-SRE-SEGOB",)).issuers == ("mx.shcp", "mx.sre", "mx.segob")


def test_names_and_abbreviations_are_one_body() -> None:
    for name in ("SRE", "Secretaría de Relaciones Exteriores", "Ministry of Foreign Affairs of Mexico"):
        assert on_ministry(issuers=(name,)).issuers == ("mx.sre",)


def test_an_unknown_name_holds_back_and_shows_what_is_near() -> None:
    found = held(ministry_item(issuers=("SRE", "Secretaría de Relaciones Interiores")), MX_SRE)
    assert found.reason == "unknown issuer"
    assert "'Secretaría de Relaciones Interiores'" in found.detail
    assert "mx.sre" in found.detail


def test_the_foot_line_says_who_speaks_on_a_mirror() -> None:
    assert on_mirror(issuers=("Offices of Some Kind",)).issuers == ("mx.sre", "mx.segob")


def test_an_unknown_body_in_the_foot_line_holds_back() -> None:
    found = held(mirror_item(attribution="Ministry of Magic, Feb. 23, 2017; translation"), MEXIDATA)
    assert found.reason == "unknown issuer"
    assert "foot line: found 'Ministry of Magic'" in found.detail


def test_an_unknown_partner_in_a_joint_foot_line_holds_back() -> None:
    line = "Joint SRE-XYZ Communique, Mexican Ministry of Foreign Affairs, Feb. 23, 2017; translation"
    assert held(mirror_item(attribution=line), MEXIDATA).reason == "unknown issuer"


def test_a_mirror_that_names_nobody_is_held_back() -> None:
    found = held(mirror_item(attribution=None, said="x", said_on=THURSDAY), MEXIDATA)
    assert found.reason == "unknown issuer"


# Kind, number, language


def test_the_label_of_the_kind_is_read_without_case() -> None:
    assert on_ministry(kind=" COMUNICADO ").kind is KindOfRelease.COMMUNIQUE
    assert on_ministry(kind=None).kind is MX_SRE.kinds.default


def test_an_unknown_label_holds_back_and_shows_those_that_are_known() -> None:
    found = held(ministry_item(kind="Poema"), MX_SRE)
    assert found.reason == "unknown kind"
    assert "'Poema'" in found.detail
    assert "'Comunicado'" in found.detail


def test_where_every_page_has_a_label_a_page_without_one_is_held_back() -> None:
    class Labelled(MX_SRE, platform=True):  # type: ignore[misc, valid-type, call-arg]
        kinds = Kinds(None, MX_SRE.kinds.labels)

    assert normalize(ministry_item(kind="Comunicado"), Labelled).kind is KindOfRelease.COMMUNIQUE
    assert held(ministry_item(kind=None), Labelled).reason == "unknown kind"


def test_a_number_line_is_the_number_and_no_text() -> None:
    draft = on_ministry(body=("Comunicado No. 056", *SPANISH))
    assert draft.folio == "056"
    assert draft.paragraphs == SPANISH


def test_a_number_that_opens_a_sentence_is_found_and_stays_there() -> None:
    opening = f"Comunicado No. 056. {SPANISH[0]}"
    draft = on_ministry(body=(opening, *SPANISH[1:]))
    assert draft.folio == "056"
    assert draft.paragraphs == (opening, *SPANISH[1:])


def test_a_language_that_is_not_declared_is_held_back() -> None:
    french = "La ministre a reçu ce matin son homologue afin d'examiner les relations entre les deux pays."
    assert held(ministry_item(body=(french, french)), MX_SRE).reason == "language not declared"


def test_an_english_text_under_a_spanish_path_is_english() -> None:
    draft = on_ministry(title="Visit", body=ENGLISH, language="es")
    assert draft.language == "en"
    assert "language: the page says es, the text is en" in draft.notes


# Text


def test_furniture_goes_and_every_paragraph_stays() -> None:
    assert on_ministry(body=("Compartir", *SPANISH, "—000—", "Continuar leyendo")).paragraphs == SPANISH


def test_a_page_of_furniture_is_held_back() -> None:
    assert (
        held(ministry_item(body=("Compartir", "Continuar leyendo", "—000—")), MX_SRE).reason == "empty text"
    )


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("  Visita\nde la delegación ", "Visita de la delegación"),
        ("Visita de la delegación | gob.mx", "Visita de la delegación"),
        ("Visita - Secretaría de Relaciones Exteriores | www.gob.mx", "Visita"),
        ("Comunicado No. 056", "Comunicado No. 056"),
        ("Comunicado No. 056 - Visita", "Comunicado No. 056 - Visita"),
        ("México - Estados Unidos", "México - Estados Unidos"),
        ("gob.mx", "gob.mx"),
    ],
)
def test_the_title_loses_the_sites_name_and_nothing_else(title: str, clean: str) -> None:
    assert clean_title(title, MX_SRE) == clean


def test_insertions_are_kept_and_counted() -> None:
    draft = on_mirror()
    assert draft.insertions == 1
    assert "working [group]" in draft.paragraphs[1]


def test_raw_values_stay_beside_the_clean_ones() -> None:
    draft = on_ministry(title="Visita  de la\u200b delegación")
    assert draft.title == "Visita de la delegación"
    assert draft.item.title == "Visita  de la\u200b delegación"
    assert draft.item.kind == "Comunicado"


@given(
    st.lists(
        st.sampled_from([*SPANISH, "Compartir", "***", "Me\u0301xico  fin&amp;al.", "\u200b"]), max_size=6
    )
)
def test_a_text_that_is_normalized_already_stays_as_it_is(extra: list[str]) -> None:
    first = on_ministry(title="Visita \u200b| gob.mx", body=(SPANISH[0], *extra))
    again = normalize(replace(first.item, title=first.title, body=first.paragraphs), MX_SRE)
    assert again.title == first.title
    assert again.paragraphs == first.paragraphs
    assert again.insertions == first.insertions


# Role


def test_a_foot_line_makes_a_translation_or_a_repost() -> None:
    draft = on_mirror()
    assert (draft.role_hint, draft.standing) == (Role.TRANSLATION, Standing.UNOFFICIAL)
    draft = on_mirror(attribution=FOOT_LINE.partition(";")[0])
    assert (draft.role_hint, draft.standing) == (Role.REPOST, None)


def test_a_ministry_speaks_originally_unless_its_definition_says_otherwise() -> None:
    assert on_ministry().role_hint is Role.ORIGINAL
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    source = made_source(voices=voices)
    item = ministry_item(url="https://samples.example/visit", kind=None)
    assert normalize(item, source).role_hint is Role.ORIGINAL
    english = normalize(replace(item, body=ENGLISH), source)
    assert (english.role_hint, english.standing) == (Role.TRANSLATION, Standing.OFFICIAL)


def test_only_translations_have_a_standing() -> None:
    source = made_source(voices={"es": Voice(Role.ORIGINAL, Standing.OFFICIAL)})
    draft = normalize(ministry_item(url="https://samples.example/visita", kind=None), source)
    assert (draft.role_hint, draft.standing) == (Role.ORIGINAL, None)


def test_a_voice_with_a_path_counts_on_that_path_only() -> None:
    source = made_source(voices={"es": Voice(Role.TRANSLATION, Standing.COURTESY, path=r"/es/")})
    item = ministry_item(kind=None)
    translated = normalize(replace(item, url="https://samples.example/es/visita"), source)
    assert (translated.role_hint, translated.standing) == (Role.TRANSLATION, Standing.COURTESY)
    assert normalize(replace(item, url="https://samples.example/visita"), source).role_hint is Role.ORIGINAL


@pytest.mark.parametrize(
    ("line", "standing"),
    [
        (
            "Esta traducción se proporciona como una cortesía y únicamente debe considerarse fidedigna la "
            "fuente "
            "original en inglés.",
            Standing.COURTESY,
        ),
        ("(Traducción no oficial)", Standing.UNOFFICIAL),
    ],
)
def test_a_text_that_calls_itself_a_translation_is_one(line: str, standing: Standing) -> None:
    for body in ((*SPANISH, line), (line, *SPANISH)):
        draft = on_ministry(body=body)
        assert (draft.role_hint, draft.standing) == (Role.TRANSLATION, standing)
        assert (draft.paragraphs, draft.notice) == (SPANISH, line)


def test_a_mirror_without_a_foot_line_reposts() -> None:
    source = made_source(KindOfSource.MIRROR, issuers=(), mirrors=MirrorOf(issuers=("mx.sre",)))
    item = ministry_item(
        url="https://samples.example/visita", kind=None, said="x", said_on=THURSDAY, issuers=("SRE",)
    )
    draft = normalize(item, source)
    assert (draft.role_hint, draft.standing) == (Role.REPOST, None)
    assert draft.issuers == ("mx.sre",)
