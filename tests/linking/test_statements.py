"""Which releases end in one statement, in which roles, under which id."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, select

from crawler.items import ClaimKind, KindOfRelease, Release, Role, Standing
from pipelines.link import link_releases
from storage.database import Database
from storage.tables import LinkRow, ReleaseRow, StatementRow
from tests.linking.shelf import (
    DAY,
    NOW,
    keep,
    links_between,
    release,
    retold,
    role_of,
    state,
    together,
    translation,
)
from tests.linking.texts import (
    FOLLOW_UP_ES,
    JOINT_EN,
    JOINT_EN_OTHER,
    JOINT_EN_TITLE,
    JOINT_ES,
    JOINT_TITLE,
    OTHER_EN,
    OTHER_ES,
    OTHER_TITLE,
    TRANSCRIPT_ES,
)

THREE = ("mx.sre", "mx.segob", "mx.shcp")


def _at(hour: int) -> datetime:
    return datetime(2017, 2, 23, hour, tzinfo=UTC)


SRE = release(
    "mx_sre", "reunion", "Comunicado No. 056\n\n" + JOINT_ES, JOINT_TITLE, folio="056", posted_at=_at(18)
)
SEGOB = release("mx_segob", "reunion-frontera", JOINT_ES, JOINT_TITLE, posted_at=_at(19))
SHCP = release(
    "mx_shcp", "comunicado-conjunto", JOINT_ES, f"Comunicado conjunto. {JOINT_TITLE}", posted_at=_at(20)
)
NORWAY = release("mx_sre", "noruega", OTHER_ES, OTHER_TITLE, folio="057", posted_at=_at(21))
MEXIDATA = translation("mexidata", "id4410", JOINT_EN, THREE, title=JOINT_EN_TITLE)


def _redirects(connection: Connection) -> dict[str, str | None]:
    rows = connection.execute(select(StatementRow.id, StatementRow.merged_into))
    return {row.id: row.merged_into for row in rows}


def test_three_ministries_copies_are_one_statement_with_one_original(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SHCP, SEGOB, SRE, NORWAY])
        assert together(connection, [SRE, SEGOB, SHCP])
        assert together(connection, [NORWAY])
        assert [role_of(connection, each)[0] for each in (SRE, SEGOB, SHCP)] == [
            "original",
            "repost",
            "repost",
        ]


def test_a_joint_communiques_translation_is_joined_by_its_foot_line(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP, NORWAY, MEXIDATA])
        assert together(connection, [SRE, SEGOB, SHCP, MEXIDATA])
        assert role_of(connection, MEXIDATA) == ("translation", "unofficial")
        verdict, features = links_between(connection, MEXIDATA, SRE)["attribution"]
        assert verdict == "join"
        assert features["attribution"] == "mx.segob+mx.shcp+mx.sre|2017-02-23"
        verdict, features = links_between(connection, MEXIDATA, NORWAY)["attribution"]
        assert verdict == "apart"
        assert "another statement of that day fits better" in str(features["decision"])


def test_a_translation_may_come_long_before_its_original(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [MEXIDATA])
        assert role_of(connection, MEXIDATA) == ("translation", "unofficial")
        asked = keep(connection, [NORWAY], NOW + timedelta(days=1))
        assert asked.asked == (tuple(sorted((MEXIDATA.id, NORWAY.id))),)
        assert together(connection, [MEXIDATA])
        for day, each in enumerate((SHCP, SRE, SEGOB)):
            keep(connection, [each], NOW + timedelta(days=2 + day))
        assert together(connection, [SRE, SEGOB, SHCP, MEXIDATA])
        assert links_between(connection, MEXIDATA, NORWAY)["attribution"][0] == "apart"


def test_another_thing_said_that_day_is_not_taken_for_the_original(database: Database) -> None:
    mirrored = translation("mexidata", "id4411", JOINT_EN, ["mx.sre"])
    with database.write() as connection:
        keep(connection, [NORWAY, mirrored])
        assert together(connection, [mirrored])
        assert links_between(connection, mirrored, NORWAY)["attribution"][0] == "ask"


def test_of_several_statements_of_a_day_each_translation_finds_its_own(database: Database) -> None:
    mirrored = translation(
        "mexidata", "id4411", OTHER_EN, ["mx.sre"], title="Norway's Minister Visits Mexico"
    )
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP, NORWAY, MEXIDATA, mirrored])
        assert together(connection, [SRE, SEGOB, SHCP, MEXIDATA])
        assert together(connection, [NORWAY, mirrored])


def test_the_day_of_a_foot_line_must_be_the_day_it_was_said(database: Database) -> None:
    late = translation("mexidata", "id4410", JOINT_EN, THREE, said_on=DAY + timedelta(days=1))
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP, late])
        assert together(connection, [late])


def test_two_translations_of_one_release_are_both_joined(database: Database) -> None:
    second = translation("otro_espejo", "n7", JOINT_EN_OTHER, THREE, title="Border talks in Mexico City")
    with database.write() as connection:
        keep(connection, [second, SRE, MEXIDATA, SEGOB, SHCP])
        assert together(connection, [SRE, SEGOB, SHCP, MEXIDATA, second])


def test_two_texts_of_one_mirror_cannot_both_be_the_translation(database: Database) -> None:
    second = translation("mexidata", "id4412", JOINT_EN_OTHER, THREE, title="Border talks in Mexico City")
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP, MEXIDATA, second])
        assert together(connection, [SRE, SEGOB, SHCP])
        assert {links_between(connection, each, SRE)["attribution"][0] for each in (MEXIDATA, second)} == {
            "ask"
        }


def test_a_follow_up_is_a_statement_of_its_own(database: Database) -> None:
    later = release("mx_sre", "seguimiento", FOLLOW_UP_ES, "Seguimiento", said_on=DAY + timedelta(days=19))
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, later])
        assert together(connection, [SRE, SEGOB])
        assert together(connection, [later])


def test_communique_readout_and_transcript_of_one_meeting_are_three_statements(database: Database) -> None:
    readout = release("us_state", "call", JOINT_EN, JOINT_EN_TITLE, language="en", kind=KindOfRelease.READOUT)
    transcript = release(
        "mx_sre",
        "version",
        TRANSCRIPT_ES,
        f"Versión: {JOINT_TITLE}",
        kind=KindOfRelease.TRANSCRIPT,
        folio="056",
    )
    same_words = release("mx_segob", "palabras", JOINT_ES, JOINT_TITLE, kind=KindOfRelease.TRANSCRIPT)
    with database.write() as connection:
        keep(connection, [SRE, readout, transcript, same_words])
        for each in (SRE, readout, transcript, same_words):
            assert together(connection, [each])
        verdict, features = links_between(connection, SRE, same_words)["same text"]
        assert verdict == "ask"
        assert "kinds differ" in str(features["doubt"])


def test_one_number_in_two_languages_is_one_statement(database: Database) -> None:
    english = release(
        "mx_sre",
        "meeting",
        JOINT_EN,
        JOINT_EN_TITLE,
        language="en",
        folio="56",
        said_on=DAY + timedelta(days=2),
    )
    with database.write() as connection:
        keep(connection, [english, SRE])
        assert together(connection, [SRE, english])
        assert role_of(connection, english) == ("translation", "official")
        assert role_of(connection, SRE) == ("original", None)


@pytest.mark.parametrize(("days", "joined"), [(10, True), (11, False)])
def test_one_number_weeks_apart_is_a_misprint(database: Database, days: int, joined: bool) -> None:
    english = release(
        "mx_sre", "meeting", JOINT_EN, language="en", folio="56", said_on=DAY + timedelta(days=days)
    )
    with database.write() as connection:
        keep(connection, [english, SRE])
        assert together(connection, [SRE, english]) is joined


def test_one_number_on_two_texts_of_one_language_is_a_question(database: Database) -> None:
    other = release("mx_sre", "otro", OTHER_ES, OTHER_TITLE, folio="056")
    with database.write() as connection:
        result = keep(connection, [SRE, other])
        assert result.asked == (tuple(sorted((SRE.id, other.id))),)
        assert together(connection, [other])


def test_a_translation_that_fits_two_texts_of_one_number_is_not_guessed(database: Database) -> None:
    plain = (
        "Texto sin datos que se puedan comparar, escrito para que nada ayude a decidir entre uno y otro. " * 3
    )
    one = release("mx_sre", "uno", plain, "Uno", folio="88")
    other = release(
        "mx_sre",
        "dos",
        "Otra redacción, tampoco con datos, de la misma casa y del mismo día. " * 3,
        folio="88",
    )
    english = release(
        "mx_sre",
        "english",
        "A text without any data to compare by, in another language.",
        language="en",
        folio="88",
    )
    with database.write() as connection:
        keep(connection, [one, other, english])
        assert together(connection, [english])
        for each in (one, other):
            verdict, features = links_between(connection, english, each)["folio"]
            assert verdict == "ask"
            assert "contested" in str(features["decision"])


def _gac(key: str, language: str, twin: str, said_on: date = DAY) -> Release:
    body = JOINT_EN if language == "en" else JOINT_ES
    return release(
        "ca_gac", key, body, language=language, said_on=said_on, issuers=["ca.gac"],
        claims=[(ClaimKind.ALTERNATE, f"ca_gac|{twin}")],
    )  # fmt: skip


def test_language_versions_that_a_publisher_names_are_one_statement(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [_gac("en/1", "en", "fr/1")])
        keep(connection, [_gac("fr/1", "fr", "en/1")])
        assert len(state(connection).statements) == 1
        roles = sorted(role for _, role, _ in state(connection).roles)
        assert roles == ["original", "translation"]


def test_a_page_named_as_alternate_in_its_own_language_is_no_version(database: Database) -> None:
    with database.write() as connection:
        first = _gac("en/1", "en", "en/2")
        second = release("ca_gac", "en/2", OTHER_EN, language="en", issuers=["ca.gac"])
        keep(connection, [first, second])
        assert together(connection, [first])
        assert links_between(connection, first, second) == {}


def test_a_language_switch_to_a_page_of_another_month_is_a_question(database: Database) -> None:
    with database.write() as connection:
        first, second = _gac("en/1", "en", "fr/1"), _gac("fr/1", "fr", "x", DAY + timedelta(days=40))
        keep(connection, [first, second])
        assert together(connection, [first])
        assert links_between(connection, first, second)["alternate"][0] == "ask"


def test_a_shared_id_holds_though_the_alternates_name_other_addresses(database: Database) -> None:
    claims = [(ClaimKind.SHARED_ID, "uk_fcdo|c-1"), (ClaimKind.ALTERNATE, "uk_fcdo|news/elsewhere")]
    english = release("uk_fcdo", "news/a", OTHER_EN, language="en", claims=claims)
    arabic = release(
        "uk_fcdo", "news/a.ar", "زار الوزير المكسيك اليوم وبحث التعاون.", language="ar",
        said_on=DAY + timedelta(days=21), claims=claims,
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [arabic, english])
        assert together(connection, [english, arabic])
        assert "other addresses" in str(links_between(connection, english, arabic)["shared id"][1]["note"])


def test_a_mirror_that_links_its_source_is_joined_to_it(database: Database) -> None:
    mirrored = release(
        "otro_espejo", "n1", JOINT_EN, language="en", said_on=DAY + timedelta(days=4), role=Role.TRANSLATION,
        claims=[(ClaimKind.SOURCE_LINK, "mx_sre|reunion")],
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [mirrored])
        keep(connection, [SRE])
        assert together(connection, [SRE, mirrored])
        assert role_of(connection, mirrored) == ("translation", "unofficial")


def test_of_several_source_links_the_one_that_fits_is_taken(database: Database) -> None:
    mirrored = release(
        "otro_espejo", "n1", OTHER_EN, language="en", said_on=DAY + timedelta(days=4), role=Role.TRANSLATION,
        claims=[(ClaimKind.SOURCE_LINK, "mx_sre|reunion"), (ClaimKind.SOURCE_LINK, "mx_sre|noruega")],
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [mirrored, SRE, NORWAY])
        assert together(connection, [NORWAY, mirrored])


def test_a_source_link_to_a_text_about_something_else_is_a_question(database: Database) -> None:
    mirrored = release(
        "otro_espejo", "n1", "Brazil's Lower House voted 311 to 98 today, Speaker Ximenes said in Brasilia.",
        language="en", claims=[(ClaimKind.SOURCE_LINK, "mx_sre|reunion")],
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [mirrored, SRE])
        assert together(connection, [mirrored])
        assert links_between(connection, mirrored, SRE)["source link"][0] == "ask"


def test_a_repost_with_its_own_headline_and_day_is_joined(database: Database) -> None:
    copied = release("otro_espejo", "n2", JOINT_ES, "Avanza la frontera", said_on=DAY + timedelta(days=4))
    with database.write() as connection:
        keep(connection, [SRE, copied])
        assert together(connection, [SRE, copied])
        assert role_of(connection, copied) == ("repost", None)
        title = connection.scalar(select(StatementRow.title).where(StatementRow.merged_into.is_(None)))
        assert title == JOINT_TITLE


def test_an_excerpt_on_a_mirror_has_that_role(database: Database) -> None:
    part = "\n\n".join(JOINT_ES.split("\n\n")[2:4])
    copied = release(
        "otro_espejo", "n3", part, "Seis cruces", said_on=DAY + timedelta(days=1),
        claims=[(ClaimKind.SOURCE_LINK, "mx_sre|reunion")],
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [copied, SRE])
        assert together(connection, [SRE, copied])
        assert role_of(connection, copied) == ("excerpt", None)


def test_an_excerpt_does_not_make_one_statement_of_two_that_share_it(database: Database) -> None:
    paragraphs, boiler = JOINT_ES.split("\n\n"), OTHER_ES.split("\n\n")
    shared = paragraphs[2] + "\n\n" + paragraphs[3]
    first = release("mx_sre", "uno", "\n\n".join([*boiler[:3], shared]), "Uno")
    second = release(
        "mx_segob", "dos", "\n\n".join([shared, *FOLLOW_UP_ES.split("\n\n")[2:], *paragraphs[:2]]), "Dos"
    )
    part = release(
        "otro_espejo", "n4", shared, "Parte",
        claims=[(ClaimKind.SOURCE_LINK, "mx_sre|uno"), (ClaimKind.SOURCE_LINK, "mx_segob|dos")],
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [first, second, part])
        groups = state(connection).statements
        assert not any({first.id, second.id} <= group for group in groups)
        assert together(connection, [part])
        assert links_between(connection, part, first)["excerpt"][0] == "ask"


def test_mirrors_hold_no_original(database: Database) -> None:
    alone = release("otro_espejo", "n5", OTHER_ES, role=Role.ORIGINAL)
    with database.write() as connection:
        keep(connection, [alone])
        assert role_of(connection, alone) == ("repost", None)


def test_a_courtesy_translation_stays_one(database: Database) -> None:
    courtesy = retold(
        release("us_state", "cortesia", JOINT_ES, "Reunión", role=Role.TRANSLATION),
        standing=Standing.COURTESY,
    )
    english = release(
        "us_state", "meeting", JOINT_EN, language="en", claims=[(ClaimKind.ALTERNATE, "us_state|cortesia")]
    )
    with database.write() as connection:
        keep(connection, [courtesy, english])
        assert together(connection, [english, courtesy])
        assert role_of(connection, courtesy) == ("translation", "courtesy")


def test_linking_again_writes_no_row(database: Database) -> None:
    made = [SRE, SEGOB, SHCP, NORWAY, MEXIDATA]
    with database.write() as connection:
        keep(connection, made)
        written: list[str] = []
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: written.append(statement),
        )
        result = link_releases(connection, [each.id for each in made], NOW + timedelta(days=1))
        assert written
        assert [each for each in written if not each.lstrip().upper().startswith("SELECT")] == []
        assert (result.joined, result.split, result.asked, result.touched) == ((), (), (), ())


def test_the_statement_that_was_opened_first_keeps_its_id(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SEGOB], NOW)
        keep(connection, [SRE, SHCP], NOW + timedelta(days=1))
        keep(connection, [MEXIDATA], NOW + timedelta(days=2))
        seeds = {each: "s" + each.id[1:] for each in (SRE, SEGOB, SHCP, MEXIDATA)}
        rows = _redirects(connection)
        assert rows == {seed: None if each is SEGOB else seeds[SEGOB] for each, seed in seeds.items()}


def test_old_ids_always_lead_straight_to_the_living_statement(database: Database) -> None:
    """Two joined statements join a third, older one: no id may need two steps."""
    bridge = retold(SHCP, body=OTHER_ES)
    with database.write() as connection:
        keep(connection, [bridge], NOW)
        keep(connection, [SEGOB], NOW + timedelta(days=1))
        keep(connection, [SRE], NOW + timedelta(days=2))
        rows = _redirects(connection)
        assert rows["s" + SRE.id[1:]] == "s" + SEGOB.id[1:]
        keep(connection, [SHCP], NOW + timedelta(days=3))
        rows = _redirects(connection)
        oldest = "s" + SHCP.id[1:]
        assert rows == {oldest: None, "s" + SRE.id[1:]: oldest, "s" + SEGOB.id[1:]: oldest}
        assert together(connection, [SRE, SEGOB, SHCP])


def test_a_release_whose_text_was_corrected_leaves_and_its_own_statement_lives_again(
    database: Database,
) -> None:
    with database.write() as connection:
        keep(connection, [SRE], NOW)
        keep(connection, [SEGOB, SHCP], NOW + timedelta(days=1))
        corrected = retold(SRE, body=SRE.body.replace("240 millones", "204 millones"))
        result = keep(connection, [corrected], NOW + timedelta(days=2))
        assert SRE.id in result.split
        assert together(connection, [SRE])
        assert together(connection, [SEGOB, SHCP])
        state(connection)
        verdict, features = links_between(connection, SRE, SEGOB)["same text"]
        assert verdict == "apart"
        assert features["figures"] in ([["204"], ["240"]], [["240"], ["204"]])
        keep(connection, [SRE], NOW + timedelta(days=3))
        assert together(connection, [SRE, SEGOB, SHCP])


def test_a_changed_title_of_the_original_changes_the_statements(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        keep(connection, [retold(SRE, title="Reunión de trabajo", said_on=DAY - timedelta(days=1))])
        row = connection.execute(
            select(StatementRow.title, StatementRow.said_on).where(StatementRow.merged_into.is_(None))
        ).one()
        assert tuple(row) == ("Reunión de trabajo", DAY - timedelta(days=1))


def test_linking_what_is_not_saved_is_refused(database: Database) -> None:
    with database.write() as connection, pytest.raises(LookupError, match="r0000"):
        link_releases(connection, ["r0000"], NOW)


def test_every_link_says_why(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP, NORWAY, MEXIDATA])
        rows = connection.execute(select(LinkRow.kind, LinkRow.features, LinkRow.decided_by)).all()
        assert rows
        assert all(row.features and row.decided_by == "machine" for row in rows)
        assert connection.scalar(select(ReleaseRow.id).where(ReleaseRow.role == "excerpt")) is None
