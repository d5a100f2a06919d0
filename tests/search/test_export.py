"""Exports: every format holds the same rows, loads with one line, and comes with a card."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import feedparser
import pandas as pd
import pytest

from crawler.items import KindOfSource, Role, Standing
from scheduler.export import Wish, write_export
from storage import sheets
from storage.database import Database, default_url
from storage.export import COLUMNS, export_statements
from storage.links import assign, redirect
from storage.search.filters import Filter
from tests.scheduler.commands import type_command
from tests.search.archive import many, save, text

NOW = datetime(2026, 11, 27, tzinfo=UTC)
SPANISH = (
    "México y Estados Unidos firmaron el 23 de febrero de 2017 un acuerdo por 450 millones de dólares.\n\n"
    "El secretario Videgaray recibió al secretario Tillerson en la Cancillería.\n\n"
    "Las delegaciones volverán a reunirse en Washington el 5 de marzo."
)
ENGLISH = (
    "Mexico and the United States signed an agreement on 23 February 2017 worth 450 million dollars.\n\n"
    "Secretary Videgaray received Secretary Tillerson at the Ministry.\n\n"
    "The delegations will meet again in Washington on 5 March."
)
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "|calc",
    "%0a=1",
    "\r\n=1",
    "\ufeff=1",
]


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """A data folder with a statement in two languages, a re-post, and some others."""
    (tmp_path / "communique.db").write_bytes(sqlite_template.read_bytes())
    spanish = text("es", "original", title="Acuerdo", body=SPANISH)
    english = text("en", "translation", title="=Agreement", body=ENGLISH, role_hint=Role.TRANSLATION)
    copy = text(
        "en", "copy", body=ENGLISH, source="mexidata", source_kind=KindOfSource.MIRROR, role_hint=Role.REPOST
    )
    database = Database(default_url(tmp_path))
    save(database, spanish, english, copy, *many(9))
    with database.write() as connection:
        home = f"s{spanish.id[1:]}"
        redirect(connection, {f"s{each.id[1:]}": home for each in (english, copy)})
        changes = [
            (english.id, home, Role.TRANSLATION, Standing.OFFICIAL),
            (copy.id, home, Role.REPOST, None),
        ]
        assign(connection, changes)
    database.close()
    return tmp_path


def export(data: Path, name: str, *options: object) -> Path:
    made = type_command("export", data / name, *options, "--data", data)
    assert made.code == 0, made.err
    return data / name


def test_every_format_holds_the_same_rows(data: Path) -> None:
    lines = [json.loads(each) for each in export(data, "a.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 12
    assert list(lines[0]) == [each.name for each in COLUMNS]
    ids = [each["release_id"] for each in lines]
    with export(data, "a.csv").open(encoding="utf-8", newline="") as file:
        assert [each["release_id"] for each in csv.DictReader(file)] == ids
    table = duckdb.read_parquet(str(export(data, "a.parquet")))
    assert [row[1] for row in table.fetchall()] == ids
    feed = feedparser.parse(export(data, "a.atom").read_bytes())
    assert not feed.bozo
    assert len(feed.entries) == len({each["statement_id"] for each in lines}) == 10
    ElementTree.fromstring((data / "a.atom").read_bytes())  # noqa: S314 - our own


def test_a_file_loads_with_one_line(data: Path) -> None:
    export(data, "a.jsonl")
    export(data, "a.csv")
    export(data, "a.parquet")
    frames = [
        pd.read_json(data / "a.jsonl", lines=True),
        pd.read_csv(data / "a.csv"),
        pd.read_parquet(data / "a.parquet"),
    ]
    for frame in frames:
        assert len(frame) == 12
        assert set(frame["language"]) == {"es", "en", "fr"}
    for table in (
        duckdb.read_json(str(data / "a.jsonl")),
        duckdb.read_csv(str(data / "a.csv")),
        duckdb.read_parquet(str(data / "a.parquet")),
    ):
        (number, first) = table.aggregate("count(*), min(said_on)").fetchall()[0]
        assert (number, str(first)) == (12, "2016-12-20")


def test_filters_choose_statements_and_options_choose_versions(data: Path) -> None:
    def rows(*options: object) -> list[Any]:
        return [json.loads(each) for each in export(data, "x.jsonl", *options).read_text().splitlines()]

    wanted = ("--query", "Videgaray")
    assert [each["role"] for each in rows(*wanted)] == ["original", "translation", "repost"]
    assert [each["role"] for each in rows(*wanted, "--only-official")] == ["original", "translation"]
    assert [each["language"] for each in rows(*wanted, "--one-per-statement")] == ["es"]
    english = rows(*wanted, "--one-per-statement", "--language", "en")
    assert [each["role"] for each in english] == ["translation"]
    assert {each["source"] for each in rows("--source", "mexidata", "--withdrawn")} <= {"mexidata"}
    assert len(rows("--has-translation", "--since", "2017-02-01")) == 3


def test_pairs_are_the_paragraphs_that_stand_against_each_other(data: Path) -> None:
    frame = pd.read_parquet(export(data, "pairs.parquet", "--pairs", "es-en"))
    assert list(zip(frame["left"], frame["right"], strict=True)) == list(
        zip(SPANISH.split("\n\n"), ENGLISH.split("\n\n"), strict=True)
    )
    assert set(frame["left_role"]) == {"original"}
    assert set(frame["right_role"]) == {"translation"}
    assert frame["left_url"].str.startswith("https://").all()
    assert frame["likeness"].between(0, 1).all()
    assert frame["likeness"].iloc[0] > 0.3
    card = json.loads((data / "pairs.parquet.card.json").read_text())
    assert card["languages"] == {"es": 3, "en": 3}
    assert card["columns"]["left"]


def test_the_card_says_what_is_in_it_and_under_which_terms(data: Path) -> None:
    path = export(data, "a.csv", "--since", "2017-02-01", "--card", data / "card.md")
    told = (data / "card.md").read_text()
    assert "| mx_sre |" in told
    assert "Free use" in told
    assert "since 2017-02-01" in told
    card = json.loads(type_command("export", path, "--data", data, "--json").out)
    assert card["rows"] == 12
    assert card["statements"] == 10
    assert card["bytes"] == path.stat().st_size
    assert {each["name"] for each in card["sources"]} == {"mx_sre", "mexidata"}
    assert card["days"] == {"first": "2016-12-20", "last": "2017-02-23"}


def test_no_cell_is_a_formula(data: Path, sqlite_template: Path) -> None:
    database = Database(default_url(data))
    save(database, *(text("en", f"f{number}", title=each) for number, each in enumerate(FORMULAS)))
    database.close()
    with export(data, "a.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                assert not cell.strip(" \t\r\n\u00a0\ufeff").startswith(tuple("=+-@|%＝＋－＠"))
    titles = set(pd.read_csv(data / "a.csv")["title"])
    assert "'=1+1" in titles
    assert "Reunión sobre la frontera" in titles


def test_standard_output_carries_rows_and_nothing_else(data: Path) -> None:
    made = type_command("export", "-", "--query", "Videgaray", "--data", data)
    assert [each["role"] for each in made.lines] == ["original", "translation", "repost"]


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("a.txt",), 2, "expected --format"),
        (("a.jsonl", "--pairs", "spanish"), 2, "two languages"),
        (("a.atom", "--pairs", "es-en"), 2, "jsonl, csv or parquet"),
        (("a.jsonl", "--issuer", "nobody"), 2, "no issuer"),
        (("a.jsonl", "--warc", "b.warc.gz"), 2, "--warc OUT; found both"),
        ((), 2, "--warc OUT; found both"),
        (("nowhere/a.jsonl",), 2, "make it first"),
        (("a.jsonl", "--query", "nosuchword"), 1, "0 rows"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    data: Path, options: tuple[str, ...], code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data)
    made = type_command("export", *options, "--data", data)
    assert made.code == code
    assert told in " ".join((made.err + made.out).replace("│", " ").split())


def test_a_file_that_fails_on_the_way_takes_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("before")

    class Failed(Exception):
        pass

    def fail() -> None:
        with sheets.whole_file(tmp_path / "a.csv") as file:
            file.write(b"half")
            raise Failed

    with pytest.raises(Failed):
        fail()
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"a.csv": "before"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_number_of_rows(
    database: Database, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.export.AT_ONCE", 10)
    monkeypatch.setattr(sheets, "ROW_GROUP", 40_000)
    body = "Una frase de prueba. " * 800
    save(database, *(text("es", f"long-{number}", body=f"{number} {body}") for number in range(8)))
    peaks = []
    for repeated in (5, 25):
        tracemalloc.start()
        with database.read() as connection:
            found = (each for _ in range(repeated) for each in export_statements(connection, Filter()))
            tally = write_export(found, Wish(Filter(), form), str(tmp_path / "a"), NOW, lambda _tally: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert tally.rows == 8 * repeated
    assert peaks[1] < peaks[0] * 1.5
