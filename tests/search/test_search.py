"""Full text, the same on both databases: languages, phrases, fields, hostile questions, snippets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.items import Role, Standing
from storage.database import Database
from storage.links import assign, redirect
from storage.releases import save_releases
from storage.search import limits
from storage.search.asking import read_question
from storage.search.filters import Filter
from storage.search.finding import count, facets, find_statements, volume
from storage.search.index import count_entries, rebuild
from storage.search.limits import TooLong
from storage.search.matching import _is_read_from_the_latest, matching
from storage.search.texts import sought
from storage.search.words import words_of
from tests.search.archive import TEXTS, save, text
from tests.storage.records import NOON, everything


@pytest.fixture
def archive(database: Database) -> Database:
    save(database, *(text(language) for language in TEXTS))
    return database


def found(database: Database, query: str, **wanted: object) -> list[str]:
    """Languages of the statements that a question finds."""
    with database.read() as connection:
        page = find_statements(connection, Filter(query=query, **wanted), limit=100)  # type: ignore[arg-type]
        return sorted(language for each in page.items for language in each.languages)


FOUND = [
    ("negotiation", ["en"]),
    ("BORDERS", ["en"]),
    ("capitales", ["es"]),
    ("reunion", ["es", "fr"]),
    ("frontières", ["fr"]),
    ("grosse strasse", ["de"]),
    ("переговоров", ["ru"]),
    ("مفاوضات", ["ar"]),
    ("移民", ["ja", "zh"]),
    ("移民问题", ["zh"]),
    ("首", ["ja", "zh"]),
    ("회담", ["ko"]),
    ("राजधानी", ["hi"]),
    ("διαπραγματευσεις", ["el"]),
    ("ΠΡΩΤΕΥΟΥΣΑ", ["el"]),
    ("title:συνόρων", ["el"]),
    ("ชายแดน", ["th"]),
    ('"หารือเรื่อง"', ["th"]),
    ("เมืองหลวง -ชายแดน", []),
    ('"in the capital"', ["en"]),
    ('"the capital in"', []),
    ('"en la capital"', ["es"]),
    ("capital", ["en", "es"]),
    ("capital -reunion", ["en"]),
    ("capital -title:border", ["es"]),
    ("title:capital", []),
    ("title:frontera", ["es"]),
    ("title:frontera OR title:grenze", ["de", "es"]),
    ("negoti*", ["en"]),
    ("negot* OR negoci*", ["en", "es"]),
    ("capital lang:es", ["es"]),
    ("lang:ar", ["ar"]),
    ("-capital -lang:zh", ["ar", "de", "el", "fr", "hi", "ja", "ko", "ru", "th"]),
    ("capital since:2018", []),
    ("capital date:2017-02", ["en", "es"]),
    ("issuer:mx.sre source:mx_sre capital", ["en", "es"]),
    ("issuer:mx.nobody capital", []),
    ("the border of the capital", ["en"]),
    ("!!!", []),
]


@pytest.mark.parametrize("from_the_latest", [False, True, None])
def test_a_question_finds_what_holds_it(
    archive: Database, monkeypatch: pytest.MonkeyPatch, from_the_latest: bool | None
) -> None:
    if from_the_latest is not None:
        # Whichever way PostgreSQL is told to take.
        way = "storage.search.matching._is_read_from_the_latest"
        monkeypatch.setattr(way, lambda *_, **__: from_the_latest)
    assert [(query, found(archive, query)) for query, _ in FOUND] == FOUND


def test_a_phrase_is_found_by_its_pairs_of_words_as_by_reading_every_text(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.matching._is_read_from_the_latest", lambda *_, **__: False)
    chosen = random.Random(3)
    words = ("w1", "w2", "w3", "fronteras", "negotiations")
    made = [
        text(
            chosen.choice(("en", "es")),
            f"phrase-{at}",
            title=" ".join(chosen.choices(words, k=3)),
            body=" ".join(chosen.choices(words, k=7)),
        )
        for at in range(40)
    ]
    save(database, *made)
    asked = [
        *chosen.sample([*product(words, repeat=2)], k=8),
        *(tuple(chosen.choices(words, k=3)) for _ in range(4)),
    ]
    for phrase in asked:
        forms = [tuple(words_of(" ".join(phrase), language)) for language in ("en", "es")]
        for fields, query in (
            (("title", "body"), f'"{" ".join(phrase)}"'),
            (("title",), f'title:"{" ".join(phrase)}"'),
            (("title", "body"), f'"{" ".join(phrase)}" lang:es'),
            (("title", "body"), f'"{" ".join(phrase)}" -title:w1 OR "nothing of the kind"'),
            (("title", "body"), f'"{" ".join(phrase)}*"'),
        ):
            expected = {
                each.id
                for each in made
                for field in fields
                if _holds(words_of(getattr(each, field), each.language), forms)
                and ("lang:es" not in query or each.language == "es")
                and ("-title:" not in query or "w1" not in each.title)
            }
            with database.read() as connection:
                page = find_statements(connection, Filter(query=query), limit=100)
            assert {version.id for one in page.items for version in one.versions} == expected, query


@pytest.mark.parametrize("backend", ["postgresql"])
def test_indexes_are_asked_for_words_and_pairs_and_only_what_they_leave_for_places(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's index knows places itself."""
    monkeypatch.setattr("storage.search.matching._is_read_from_the_latest", lambda *_, **__: False)
    asked = sought(read_question('"in the capital" -title:border'), ["en"])
    with archive.read() as connection:
        query, _ = matching(connection, asked, (), (), entries=10, limit=5)
        written = str(query.compile(connection.engine, compile_kwargs={"render_postcompile": True}))
    indexes, _, vectors = written.partition("SELECT latest")
    assert "& ''the'' &" in indexes
    assert "hashtext('in the')" in indexes
    assert "<->" not in indexes
    assert "''in'' <-> ''the''" in vectors
    assert "!" in vectors


def _holds(words: list[str], phrases: Sequence[tuple[str, ...]]) -> bool:
    return any(
        tuple(words[at : at + len(phrase)]) == phrase for phrase in phrases for at in range(len(words))
    )


def test_what_is_frequent_is_read_from_the_latest_and_what_is_rare_is_looked_up() -> None:
    page, many = 21, 5001
    assert not _is_read_from_the_latest(300, 600_000, page, placed=False)
    assert _is_read_from_the_latest(100_000, 600_000, page, placed=False)
    assert not _is_read_from_the_latest(50_000, 600_000, many, placed=False)
    assert not _is_read_from_the_latest(10_000, 600_000, page, placed=True)
    assert _is_read_from_the_latest(300_000, 600_000, page, placed=True)
    assert not _is_read_from_the_latest(50_000, 600_000, page, placed=True, by_pairs=True)
    assert _is_read_from_the_latest(300_000, 600_000, page, placed=True, by_pairs=True)


def test_a_statement_is_found_in_the_language_of_any_of_its_versions(database: Database) -> None:
    spanish = text("es", "original")
    english = text("en", "translation", role_hint=Role.TRANSLATION)
    save(database, spanish, english)
    join(database, spanish.id, english.id)
    with database.read() as connection:
        (one,) = find_statements(connection, Filter(query="border")).items
        assert one.languages == ("es", "en")
        assert one.snippet is not None
        assert one.snippet.language == "en"
        assert [each.id for each in find_statements(connection, Filter(query="fronteras")).items] == [one.id]
        assert [each.id for each in find_statements(connection, Filter(has_translation=True)).items] == [
            one.id
        ]
        assert count(connection, Filter()).number == count_entries(connection) == 1
        assert facets(connection, Filter()).values["language"] == {"en": 1, "es": 1}
        assert volume(connection, Filter(language="en"), "year").bars[0].number == 1


def join(database: Database, into: str, other: str) -> None:
    """Join the statements of two releases, as linking does."""
    with database.write() as connection:
        redirect(connection, {f"s{other[1:]}": f"s{into[1:]}"})
        assign(connection, [(other, f"s{into[1:]}", Role.TRANSLATION, Standing.UNOFFICIAL)])


def part(database: Database, other: str) -> None:
    """Take a release out of its statement again."""
    with database.write() as connection:
        redirect(connection, {f"s{other[1:]}": None})
        assign(connection, [(other, f"s{other[1:]}", Role.ORIGINAL, None)])


def test_splitting_and_changing_leave_the_index_as_if_it_were_made_anew(database: Database) -> None:
    spanish, english, french = text("es"), text("en"), text("fr")
    save(database, spanish, english, french)
    join(database, spanish.id, english.id)
    part(database, english.id)
    join(database, french.id, english.id)
    save(database, replace(spanish, body="Nada de eso.", content_digest="sha256:2", said_on=date(2018, 5, 1)))
    kept = derived(database)
    assert found(database, '"las delegaciones"') == []
    assert found(database, "nada") == ["es"]
    with database.write() as connection:
        assert rebuild(connection) == 2
    assert derived(database) == kept


def derived(database: Database) -> dict[str, object]:
    """What the index says, whatever numbers it gave to entries and traits."""
    with database.read() as connection:
        return {
            "facets": facets(connection, Filter()),
            "by issuer": facets(connection, Filter(issuer="mx.sre")),
            "days": volume(connection, Filter(), "day"),
            "months": volume(connection, Filter(language="en"), "month"),
            "found": [each.id for each in find_statements(connection, Filter(query="delegations")).items],
            "rows": {name: len(rows) for name, rows in everything(database).items() if name != "traits"},
        }


def test_a_transaction_that_fails_leaves_no_trace_in_the_index(database: Database) -> None:
    save(database, text("es"))
    before = everything(database)

    class Failed(Exception):
        pass

    def fail() -> None:
        with database.write() as connection:
            save_releases(connection, "run1", [text("en")], NOON)
            raise Failed

    with pytest.raises(Failed):
        fail()
    save(database, text("es"))
    assert everything(database) == before


HOSTILE = [
    '"', '""', "'", "\\", "(", ")", "*", "-", "--", "-*", ":", "title:", 'title:"', "AND", "NOT", "NEAR(a b)",
    "a AND NOT b", "OR OR", "^a", "{title}: x", "x:y:z", "'; DROP TABLE releases; --", "a & | ! <-> b:*A",
    "\0", "\ud800", "a\0b", "😀", "\u202e", "%", "_", "x" * 10_000, "a " * 5_000, '"' * 10_000, "a OR " * 999,
    "since:9999-12-31", "until:0001-01-01", "date:0000", "since:99999", "移" * 10_000, "lang:",
    "e\u0301" * 5_000,
]  # fmt: skip


def test_hostile_questions_are_answered(archive: Database) -> None:
    with archive.read() as connection:
        for query in HOSTILE:
            wanted = Filter(query=query)
            find_statements(connection, wanted)
            facets(connection, wanted)
            volume(connection, wanted)
            count(connection, wanted)
            find_statements(connection, Filter(query=f'capital "{query}" -{query} title:{query}*'))
            find_statements(connection, Filter(issuer=query.replace("\0", "").replace("\ud800", "")[:500]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("ab\"-*():移é OR&|!<>\\'title:"), max_size=40))
def test_any_question_is_answered(archive: Database, query: str) -> None:
    with archive.read() as connection:
        find_statements(connection, Filter(query=query))


def test_both_databases_give_a_text_that_is_too_long_what_room_they_have(database: Database) -> None:
    body = " ".join(f"palabra{number}" for number in range(70_000))
    save(database, text("es", body=f"principio {body}"))
    assert found(database, "principio palabra17") == ["es"]


def test_a_snippet_marks_what_was_found_as_places_in_plain_text(database: Database) -> None:
    body = (
        "Antes. " * 60 + "<b>La reunión</b> de las delegaciones & «migraciones» siguió. " + "Después. " * 60
    )
    save(database, text("es", body=body))
    with database.read() as connection:
        (one,) = find_statements(connection, Filter(query='reuniones "las delegaciones" migra*')).items
    snippet = one.snippet
    assert snippet is not None
    assert [snippet.text[start:end] for start, end in snippet.marks] == [
        "reunión",
        "las delegaciones",
        "migraciones",
    ]
    assert "<b>La reunión</b>" in snippet.text
    assert not snippet.begins
    assert not snippet.ends
    assert len(snippet.text) <= 300


def test_a_snippet_in_a_script_without_spaces_marks_the_characters(archive: Database) -> None:
    with archive.read() as connection:
        (one,) = find_statements(connection, Filter(query="移民问题")).items
    assert one.snippet is not None
    assert [one.snippet.text[start:end] for start, end in one.snippet.marks] == ["移民问题"]


@pytest.mark.parametrize("backend", ["postgresql"])
def test_what_an_index_answers_fits_into_memory_only_while_a_question_is_asked(archive: Database) -> None:
    """Pages in place of entries would have the pairs of words of a million texts made anew."""
    with archive.read() as connection:
        before = connection.exec_driver_sql("SHOW work_mem").scalar_one()
        with limits.bounded(connection):
            assert connection.exec_driver_sql("SHOW work_mem").scalar_one() == "64MB"
    with archive.read() as connection:
        assert connection.exec_driver_sql("SHOW work_mem").scalar_one() == before != "64MB"


def test_a_question_that_takes_too_long_is_broken_off(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_STEPS", 1)
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9e8) SELECT count(*) FROM n"
    )
    with (
        archive.read() as connection,
        pytest.raises(TooLong, match="shorter time"),
        limits.bounded(connection, 0.05),
    ):
        connection.exec_driver_sql(numbers)
