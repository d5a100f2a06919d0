"""`communique differences` as a person and a program see it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.linking.differences import find_differences
from pipelines.linking.rows import Text
from scheduler.side_by_side import side_by_side
from tests.scheduler.commands import SAMPLES, Typed, type_command

ORIGINAL = "https://www.gob.mx/sre/prensa/comunicado-conjunto-sre-segob-shcp-acuerdan-calendario"
MIRROR = "http://mexidata.info/id4418.html"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A joint communique, its translation on a mirror, and a release that stands alone; only to read."""
    folder = tmp_path_factory.mktemp("differences") / "data"
    for page, url in (
        ("mx_sre/2017-joint-in-title/page.html", ORIGINAL),
        ("mexidata/joint-communique-html/page.html", MIRROR),
    ):
        assert type_command("ingest", SAMPLES / page, "--url", url, "--data", folder).code == 0
    assert type_command("ingest", SAMPLES / "uk_fcdo" / "withdrawn" / "page.json", "--data", folder).code == 0
    return folder


def differences(data: Path, *words: str) -> Typed:
    return type_command("differences", *words, "--data", data)


def test_a_translation_is_compared_with_its_original(data: Path) -> None:
    (line,) = differences(data, MIRROR, "--json").lines
    assert (line["left"]["role"], line["right"]["role"]) == ("original", "translation")
    assert (line["left"]["language"], line["right"]["language"]) == ("es", "en")
    assert [(flag["kind"], flag["right"]) for flag in line["flags"]] == [
        ("inserted", "[INM]"),
        ("inserted", "[on]"),
    ]
    assert line["rows"] == [{"left": [each], "right": [each], "moved": False} for each in range(4)]


def test_the_original_alone_is_compared_with_every_other_version(data: Path) -> None:
    (by_original,) = differences(data, ORIGINAL, "--json").lines
    (by_mirror,) = differences(data, MIRROR, "--json").lines
    assert by_original == by_mirror


def test_two_releases_are_compared_in_the_order_asked_for(data: Path) -> None:
    (line,) = differences(data, MIRROR, ORIGINAL, "--json").lines
    assert (line["left"]["language"], line["right"]["language"]) == ("en", "es")


def test_a_person_sees_both_texts_and_what_differs(data: Path) -> None:
    typed = differences(data, MIRROR)
    assert typed.code == 0
    assert "inserted: [INM]" in typed.out
    assert "2 differences" in typed.err


def test_one_version_alone_is_refused(data: Path) -> None:
    (alone,) = type_command("statements", "--source", "uk_fcdo", "--json", "--data", data).lines
    typed = differences(data, alone["id"])
    assert typed.code == 1
    assert "has one version" in typed.err


def test_two_statements_are_no_two_releases(data: Path) -> None:
    (line,) = differences(data, MIRROR, "--json").lines
    statement = f"s{line['left']['id'][1:]}"
    assert differences(data, statement, statement).code == 2


def test_an_encoder_that_is_not_there_is_a_message(data: Path) -> None:
    typed = differences(data, MIRROR, "--encoder", "nothing-of-this-name")
    assert typed.code == 1
    assert "nothing-of-this-name" in typed.err


def test_what_differs_is_said_beside_its_paragraph() -> None:
    found = find_differences(
        Text("es", "Se modernizarán 23 cruces.\n\nLa obra termina el 6 de marzo, dijo el ministro."),
        Text("en", "Crossings to be modernized: 27.\n\nThe work ends, the minister said."),
    )
    console = Console(width=120, record=True, file=StringIO())
    console.print(side_by_side(found, "es", "en", width=120))
    shown = console.export_text()
    assert "number 23 / 27" in shown
    assert "day 6 de marzo missing" in shown


def test_text_that_steers_a_terminal_is_not_printed() -> None:
    found = find_differences(
        Text("es", "Son 23 \x1b[31mcruces\x07."), Text("en", "\x1b]0;x\x07 27 crossings.")
    )
    console = Console(width=120, record=True, file=StringIO())
    console.print(side_by_side(found, "es", "en", width=120))
    assert "\x1b" not in console.export_text(styles=False)
