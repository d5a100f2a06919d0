"""Names of bodies: whole names only, in several languages, joint mentions, the country where it is needed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.issuers import ISSUERS, fold, issuer_keys, issuers_in

THREE = ("mx.sre", "mx.segob", "mx.shcp")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SRE", "mx.sre"),
        ("Secretaría de Relaciones Exteriores", "mx.sre"),
        ("SECRETARIA DE RELACIONES EXTERIORES", "mx.sre"),
        ("Ministry of Foreign Affairs of Mexico", "mx.sre"),
        ("Mexican Ministry of Foreign Affairs", "mx.sre"),
        ("Mexico’s Foreign Ministry", "mx.sre"),
        ("U.S. Department of State", "us.state"),
        ("Departamento de Estado de los Estados Unidos", "us.state"),
        ("the Department of Homeland Security", "us.dhs"),
        ("Foreign & Commonwealth Office", "gb.fcdo"),
        ("Foreign and Commonwealth Office", "gb.fcdo"),
        ("Foreign, Commonwealth & Development Office", "gb.fcdo"),
        ("Prime Minister’s Office, 10 Downing Street", "gb.pm"),
        ("Global Affairs Canada", "ca.gac"),
        ("Affaires mondiales Canada", "ca.gac"),
        ("Foreign Affairs, Trade and Development Canada", "ca.gac"),
        ("Public Health England", "gb.phe"),
    ],
)
def test_a_body_is_known_by_its_names_wherever_they_stand(name: str, key: str) -> None:
    assert issuer_keys(name) == (key,)


@pytest.mark.parametrize(
    ("name", "country", "key"),
    [
        ("Ministry of Foreign Affairs", "mx", "mx.sre"),
        ("Presidency of the Republic", "mx", "mx.presidencia"),
        ("Secretariat of Government", "mx", "mx.segob"),
        ("SE", "mx", "mx.se"),
        ("PGR", "mx", "mx.fgr"),
        ("Ministry of Justice", "gb", "gb.moj"),
        ("Office of the Spokesperson", "us", "us.state"),
        ("Prime Minister's Office", "ca", "ca.pm"),
        ("Prime Minister's Office", "gb", "gb.pm"),
        ("Attorney General's Office", "gb", "gb.ago"),
        ("Attorney General's Office", "mx", "mx.fgr"),
    ],
)
def test_a_name_that_many_countries_use_needs_its_country(name: str, country: str, key: str) -> None:
    assert issuer_keys(name) == ()
    assert issuers_in(name) is None
    assert issuer_keys(name, country) == (key,)
    assert issuers_in(name, country) == (key,)


@pytest.mark.parametrize("name", ["Foreign Affairs", "Secretaría", "Office", "SR", "SREX", "State", "", "-"])
def test_a_part_of_a_name_is_no_name(name: str) -> None:
    assert issuer_keys(name) == ()
    assert issuer_keys(name, "mx") == ()
    assert issuers_in(name, "us") is None


@pytest.mark.parametrize(
    ("text", "country", "keys"),
    [
        ("SRE-SEGOB-SHCP", None, THREE),
        ("SRE – SHCP", None, ("mx.sre", "mx.shcp")),
        ("SRE/SEGOB", None, ("mx.sre", "mx.segob")),
        ("SRE, SEGOB y SHCP", None, THREE),
        ("Joint SRE-SEGOB-SHCP Communique", None, THREE),
        ("Comunicado conjunto SRE-SEGOB-SHCP", None, THREE),
        ("Secretariats of Foreign Affairs, Government, and Finance and Public Credit", "mx", THREE),
        ("Secretarías de Relaciones Exteriores, de Gobernación y de Hacienda y Crédito Público", None, THREE),
        ("Secretaría de Relaciones Exteriores y Secretaría de Gobernación", None, ("mx.sre", "mx.segob")),
        ("Ministry of Foreign Affairs (SRE) Blog", None, ("mx.sre",)),
        (
            "Ministry of Foreign Affairs (SRE) and Ministry of the Interior (SEGOB)",
            None,
            ("mx.sre", "mx.segob"),
        ),
        ("Departments of State and Homeland Security", "us", ("us.state", "us.dhs")),
        ("Secretaría de Hacienda y Crédito Público", None, ("mx.shcp",)),
        ("Prime Minister's Office, 10 Downing Street and Home Office", "gb", ("gb.pm", "gb.home")),
        ("Department for Environment, Food & Rural Affairs, HM Treasury", "gb", ("gb.defra", "gb.hmt")),
        ("Global Affairs Canada, Public Safety Canada", "ca", ("ca.gac", "ca.ps")),
    ],
)
def test_a_joint_mention_names_every_body_in_its_order(
    text: str, country: str | None, keys: tuple[str, ...]
) -> None:
    assert issuers_in(text, country) == keys


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("SRE-XYZ", "mx"),
        ("SRE-SEGOB-", "mx"),
        ("Secretariats of Foreign Affairs and Magic", "mx"),
        ("Secretaría de Relaciones Exteriores y otras", "mx"),
        ("Ministry of Finance (SRE)", "mx"),
        ("The talks between SRE and SEGOB went on until midnight", "mx"),
    ],
)
def test_a_mention_with_an_unknown_part_names_nobody(text: str, country: str) -> None:
    assert issuers_in(text, country) is None


def test_a_body_that_a_mention_names_twice_is_named_once() -> None:
    assert issuers_in("SRE and Secretaría de Relaciones Exteriores") == ("mx.sre",)


def test_no_name_means_two_bodies_of_one_country() -> None:
    for issuer in ISSUERS.values():
        names = (*issuer.abbreviations, *itertools.chain.from_iterable(issuer.names.values()))
        for name in names:
            assert issuer_keys(name, issuer.country) == (issuer.key,), name


def test_clear_names_are_clear_without_a_country() -> None:
    for issuer in ISSUERS.values():
        for name in itertools.chain.from_iterable(issuer.names.values()):
            if name not in issuer.local:
                assert issuer_keys(name) == (issuer.key,), name


def test_a_key_begins_with_its_country() -> None:
    assert all(key == issuer.key and key.startswith(f"{issuer.country}.") for key, issuer in ISSUERS.items())


def test_the_usual_name_comes_in_the_language_asked_for_or_in_english() -> None:
    assert ISSUERS["ca.gac"].name("fr") == "Affaires mondiales Canada"
    assert ISSUERS["gb.phe"].name("es") == "Public Health England"


@settings(derandomize=True)
@given(st.lists(st.sampled_from(sorted(ISSUERS)), min_size=1, max_size=5, unique=True))
def test_any_joint_mention_of_whole_names_is_taken_apart(keys: list[str]) -> None:
    assert issuers_in("; ".join(ISSUERS[key].name() for key in keys)) == tuple(keys)


@settings(derandomize=True)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_mentions(text: str) -> None:
    found = issuers_in(text, "mx")
    assert found is None or set(found) <= set(ISSUERS)


@settings(derandomize=True)
@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
