"""A foot line says who spoke, when, and who translated it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from crawler.items import Role, Standing
from pipelines.attribution import Attribution, read_attribution

BOTH = frozenset({"mx", "us"})


def read(line: str) -> Attribution:
    return read_attribution(line, BOTH, ZoneInfo("America/Los_Angeles"))


def test_a_joint_communique_translated_by_the_mirror() -> None:
    found = read(
        "Joint SRE-SEGOB-SHCP Communique, Mexican Ministry of Foreign Affairs, Feb. 23, 2017; translation"
    )
    assert found.issuers == ("mx.sre", "mx.segob", "mx.shcp")
    assert found.day == date(2017, 2, 23)
    assert found.day_raw == "Feb. 23, 2017"
    assert (found.role, found.standing, found.translator) == (Role.TRANSLATION, Standing.UNOFFICIAL, None)
    assert found.notes == ()


def test_the_issuers_own_translation_is_official_even_when_the_mirror_edited_it() -> None:
    found = read(
        "Presidency of the Republic, Jan. 21, 2017, Mexico, DF; translation Presidency of the Republic "
        "(edited)"
    )
    assert found.issuers == ("mx.presidencia",)
    assert found.day == date(2017, 1, 21)
    assert (found.role, found.standing) == (Role.TRANSLATION, Standing.OFFICIAL)
    assert found.translator == "Presidency of the Republic"
    assert found.notes == ("attribution: the text was edited by who posted it",)


def test_a_body_with_its_abbreviation_on_its_blog() -> None:
    found = read("Ministry of Foreign Affairs (SRE) Blog, Jan. 20, 2017, Mexico, DF; translation SRE")
    assert found.issuers == ("mx.sre",)
    assert (found.standing, found.translator) == (Standing.OFFICIAL, "SRE")


@pytest.mark.parametrize(
    ("tail", "standing", "translator"),
    [
        ("translation by J. Doe", Standing.UNOFFICIAL, "J. Doe"),
        ("translated by SRE", Standing.OFFICIAL, "SRE"),
        ("unofficial translation by SRE", Standing.UNOFFICIAL, "SRE"),
        ("translation US Department of State", Standing.UNOFFICIAL, "US Department of State"),
        ("traducción de la SRE", Standing.OFFICIAL, "SRE"),
        ("translation (excerpts)", Standing.UNOFFICIAL, None),
    ],
)
def test_a_translation_is_official_by_a_body_of_the_same_country_only(
    tail: str, standing: Standing, translator: str | None
) -> None:
    found = read(f"Ministry of Foreign Affairs, Sept. 3, 2015; {tail}")
    assert (found.role, found.standing, found.translator) == (Role.TRANSLATION, standing, translator)


def test_without_a_word_of_translation_it_is_a_repost() -> None:
    found = read("US Department of State, Office of the Spokesperson, Feb. 23, 2017, Washington, DC")
    assert found.issuers == ("us.state",)
    assert (found.role, found.standing, found.translator) == (Role.REPOST, None, None)


def test_unknown_bodies_are_told() -> None:
    found = read("Ministry of Magic, Sept. 3, 2015; translation")
    assert found.issuers == ()
    assert found.strangers == ("Ministry of Magic",)
    assert found.bodies == "Ministry of Magic"


def test_a_line_without_a_day_has_none() -> None:
    found = read("Ministry of Foreign Affairs; translation")
    assert found.day is None
    assert found.issuers == ("mx.sre",)
