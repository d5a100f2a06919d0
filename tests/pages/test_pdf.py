"""PDF files: lines to paragraphs, rules over them, and what hostile or scanned files come to."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from crawler.declare import Address, Date, DefinitionError, Pdf
from crawler.items import SCANNED, Due, FailureKind, Held, ReleaseItem
from crawler.pages import pdf as reading_pdf
from crawler.pages.pdf import text_of
from crawler.pages.read import Reading, read_page
from crawler.source import Source
from pipelines.process import process
from tests.pages.definitions import SENTENCE, capture, define
from tests.pdfs import pdf, typeset

URL = "https://www.example.org/files/en/2024-05.pdf"
FILES = Address(r"example\.org/files/(?P<language>en|es)/(?P<name>[^/]+)\.pdf$", "{language}/{name}")
LAYOUT = Pdf(
    title=r"^Ministers .*",
    posted=Date(r"Bern, (\d+ \w+ \d{4})", ("d MMMM y",)),
    folio=r"^Press Release No\. (\d+)",
    begin=r"Bern, ",
    end=(r"Contact:",),
    path=r"/files/(?P<language>e[ns])/",
)
TEXT = (
    "MINISTRY OF EXAMPLES\n\nPress Release No. 17\n\nMinisters open a bridge\n\nBern, 3 May 2024\n\n"
    f"{SENTENCE} {SENTENCE} They thanked everybody who had\n\n\fworked on it for years. {SENTENCE}\n\n"
    "A second paragraph, which is short.\n\nContact: the press office"
)
FILE = pdf(typeset(TEXT, head="Ministry of Examples, press office", foot="Page {page} of 2"))


def source(layout: Pdf = LAYOUT) -> type[Source]:
    return define(address=FILES, release=layout)


def read(body: bytes = FILE, layout: Pdf = LAYOUT, hint: Due | None = None) -> Reading:
    return read_page(source(layout), capture(body, URL, content_type="application/pdf"), hint)


def item(body: bytes = FILE, layout: Pdf = LAYOUT, hint: Due | None = None) -> ReleaseItem:
    reading = read(body, layout, hint)
    assert reading.failure is None, reading.failure
    return reading.items[0]


def test_a_file_is_read_by_its_rules() -> None:
    found = item()
    assert (found.title, found.folio, found.language) == ("Ministers open a bridge", "17", "en")
    assert (found.posted, found.posted_on, found.key) == ("3 May 2024", date(2024, 5, 3), "en/2024-05")
    assert found.body[-1] == "A second paragraph, which is short."


def test_a_sentence_goes_on_overleaf_without_the_running_heads_between() -> None:
    assert item().body[0] == (
        f"{SENTENCE} {SENTENCE} They thanked everybody who had worked on it for years. {SENTENCE}"
    )


def test_where_pages_begin_is_noted() -> None:
    assert any("pages begin at paragraphs: 1 at 1, 2 at" in note for note in item().notes)


def test_without_a_rule_the_title_is_the_one_of_the_index() -> None:
    layout = Pdf(begin="Bern, ", end=("Contact",))
    assert item(layout=layout, hint=Due("en/2024-05", URL, title="A bridge")).title == "A bridge"
    failure = read(layout=layout).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT


def test_a_hyphen_that_breaks_a_word_goes_and_one_that_joins_names_stays() -> None:
    lines = [(60, 100, 11, "The governments of both countries con-"), (60, 114, 11, "firmed their inter-"),
             (60, 128, 11, "American partnership in Bern.")]  # fmt: skip
    assert text_of(pdf([lines])).paragraphs == (
        "The governments of both countries confirmed their inter-American partnership in Bern.",
    )


def test_lines_further_apart_or_ending_early_are_paragraphs() -> None:
    lines = [(60, 100, 11, "A first paragraph that goes on to the right edge of its column, and"),
             (60, 114, 11, "ends early."), (60, 128, 11, "A second one that follows without distance, also"),
             (60, 142, 11, "to its end."), (60, 170, 11, "A third one after a gap")]  # fmt: skip
    assert [each.split()[1] for each in text_of(pdf([lines])).paragraphs] == ["first", "second", "third"]


def test_a_scanned_file_is_held_back_by_name() -> None:
    found = item(pdf([None, None]), hint=Due("en/2024-05", URL, title="A bridge"))
    assert (found.title, found.body) == ("A bridge", ())
    assert SCANNED in found.notes
    held = process(found)
    assert isinstance(held, Held)
    assert held.reason == "scanned document"


ENCRYPTED = FILE.replace(
    b"/Root 1 0 R",
    b"/Root 1 0 R /ID [(a) (b)] /Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O ("
    + b"o" * 32 + b") /U (" + b"u" * 32 + b") >>",
)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.4\nnothing else", FailureKind.UNREADABLE),
        (FILE[:300], FailureKind.UNREADABLE),
        (ENCRYPTED, FailureKind.UNREADABLE),
        (pdf([[]]), FailureKind.UNREADABLE),
        (pdf([[(60, 100, 11, "x")]] * 401), FailureKind.TOO_LARGE),
        (pdf([[(1, 9 + n, 1, "word " * 6_000) for n in range(80)]], packed=True), FailureKind.TOO_LARGE),
    ],
    ids=["empty", "cut", "encrypted", "blank", "pages", "bomb"],
)
def test_what_cannot_be_read_is_a_named_failure(body: bytes, kind: FailureKind) -> None:
    failure = read(body).failure
    assert failure is not None
    assert failure.kind is kind


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("while True: pass", "took longer than"),
        ("import os; os.abort()", "ended the program"),
        ("raise SystemExit(3)", ".[pdf]"),
    ],
)
def test_whatever_happens_to_the_program_that_opens_it_is_a_failure_of_the_file(
    program: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run

    def other(command: list[str], **options: Any) -> Any:  # noqa: ANN401
        return run([sys.executable, "-c", program], **options)

    monkeypatch.setattr(reading_pdf, "SECONDS", 1.0)
    monkeypatch.setattr(subprocess, "run", other)
    text_of.cache_clear()
    failure = read().failure
    assert failure is not None
    assert words in failure.detail


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_the_program_that_opens_it_cannot_take_more_memory_than_it_may() -> None:
    program = (
        "from crawler.pages import pdf_text; pdf_text._limit()\n"
        "try: bytearray(3 * 1024 ** 3)\nexcept MemoryError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "refused"


def test_a_file_that_no_layout_is_for_is_named() -> None:
    failure = read_page(define(address=FILES), capture(FILE, URL)).failure
    assert failure is not None
    assert "no Pdf layout" in failure.detail


def test_a_page_in_place_of_a_file_is_no_release_by_its_rules() -> None:
    page = "<html><title>Page not found</title><h1>Page not found</h1><p>Sorry.</p></html>"
    failure = read_page(source(), capture(page, URL)).failure
    assert failure is not None
    assert failure.kind is FailureKind.SOFT_404


@pytest.mark.parametrize(
    "part", [{"title": "("}, {"drop": ("(",)}, {"begin": "("}, {"posted": Date("(", ("y",))}]
)
def test_rules_that_do_not_compile_are_refused(part: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="Pdf"):
        Pdf(**part)


def test_lines_that_are_all_far_apart_are_paragraphs_each() -> None:
    lines = [(60, 100, 14, "A bridge"), (60, 140, 11, "Bern, 3 May 2024"), (60, 180, 11, "The text.")]
    assert text_of(pdf([lines])).paragraphs == ("A bridge", "Bern, 3 May 2024", "The text.")


def test_text_in_double_distance_is_one_paragraph() -> None:
    lines = [(60, 100 + 26 * n, 11, f"line {n} of a paragraph that goes on") for n in range(5)]
    assert len(text_of(pdf([lines])).paragraphs) == 1


def test_a_headline_close_above_its_text_is_a_paragraph_of_its_own() -> None:
    lines = [
        (60, 100, 15, "Ministers open a bridge"),
        (60, 115, 11, "The ministers of both countries met on"),
        (60, 129, 11, "the border, as all can"),
        (60, 143, 11, "see."),
    ]
    assert text_of(pdf([lines])).paragraphs == (
        "Ministers open a bridge",
        "The ministers of both countries met on the border, as all can see.",
    )
