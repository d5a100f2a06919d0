"""Language versions: ids that addresses share, and pages that hold several of them."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.declare import Address, DefinitionError, Fields, Parts, Shared
from crawler.items import Due, FailureKind, ReadBy
from crawler.pages.read import Reading, read_page
from crawler.source import Source
from crawler.spiders.endings import with_keys
from tests.pages.definitions import SENTENCE, capture, define, html

OAS = {
    "languages": ("en", "es", "pt"),
    "address": Address(
        r"example\.org/(?P<language>en|es|pt)/(?:press_release|comunicado|nota)\.asp$",
        "{sCodigo}",
        query=("sCodigo",),
    ),
}
LETTERS = Shared(r"sCodigo=[ECP]-(?P<number>\d+/\d+)$", "{number}")


def read(source: type[Source], url: str, body: str | None = None, hint: Due | None = None) -> Reading:
    return read_page(source, capture(body or html(), url), hint)


# Ids in addresses


def test_versions_that_differ_by_a_letter_share_the_number() -> None:
    source = define(shared=LETTERS, **OAS)
    found = [
        read(source, url).items[0].shared_ids
        for url in (
            "https://www.example.org/en/press_release.asp?sCodigo=E-105/07",
            "https://www.example.org/es/comunicado.asp?sCodigo=C-105%2F07",
        )
    ]
    assert found == [("105/07",), ("105/07",)]


def test_an_address_without_such_an_id_shares_none() -> None:
    source = define(shared=LETTERS, **OAS)
    (item,) = read(source, "https://www.example.org/en/press_release.asp?sCodigo=S-1").items
    assert item.shared_ids == ()


def test_versions_that_no_index_shows_are_asked_for_where_they_would_stand() -> None:
    shared = Shared(
        LETTERS.pattern,
        LETTERS.key,
        {
            "en": "https://www.example.org/en/press_release.asp?sCodigo=E-{number}",
            "es": "https://www.example.org/es/comunicado.asp?sCodigo=C-{number}",
        },
    )
    source = define(shared=shared, **OAS)
    reading = read(source, "https://www.example.org/en/press_release.asp?sCodigo=E-105/07")
    assert [(each.key, each.language, each.url) for each in reading.discovered] == [
        ("C-105/07", "es", "https://www.example.org/es/comunicado.asp?sCodigo=C-105/07")
    ]
    # The site does not say that they exist, so this is no claim.
    assert reading.items[0].alternates == ()


@pytest.mark.parametrize(
    ("shared", "message"),
    [
        (lambda: Shared("(", "{n}"), "does not compile"),
        (lambda: Address(r"www\.example\.org/(?P<n>\d+)", "{n}"), "begins with www."),
        (lambda: Shared(r"(?P<n>\d+)", "{number}"), "are not groups"),
        (lambda: Shared(r"(?P<n>\d+)", "{n}", {"en": "https://www.example.org/{x}"}), "are not groups"),
        (
            lambda: define(shared=Shared("(?P<n>1)", "{n}", {"de": "https://www.example.org/"})),
            "'de' is not one",
        ),
        (
            lambda: define(shared=Shared("(?P<n>1)", "{n}", {"en": "https://x.example/"})),
            "is not on one of hosts",
        ),
    ],
)
def test_addresses_and_ids_that_contradict_themselves_are_refused(shared: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(DefinitionError, match=message):
        shared()


# Pages of several releases

BILINGUAL = Parts(
    {
        "en": Fields(title="h1", body="div.text", end=(r"\*{3}",)),
        "es": Fields(title=None, body="div.text", begin=r"\*{3}$"),
    }
)
SPANISH = "Los ministros se reunieron en la frontera y acordaron abrir un segundo puente en la primavera."
BOTH = html(text=f"<p>{SENTENCE}</p><p>***</p><p>Abren un puente</p><p>{SPANISH}</p>")
ONE = "https://www.example.org/news/one"


def test_a_page_in_two_languages_is_two_releases() -> None:
    first, second = read(define(release=BILINGUAL), ONE, BOTH).items
    assert (first.key, first.url, first.language) == ("news/one", ONE, "en")
    assert (first.title, first.body) == ("Ministers open a bridge", (SENTENCE,))
    assert (second.key, second.url, second.language) == ("news/one#es", f"{ONE}#es", "es")
    assert (second.title, second.body) == ("Abren un puente", (SPANISH,))
    assert first.shared_ids == second.shared_ids == ("page:news/one",)


def test_a_page_that_lacks_a_part_is_left_to_the_next_layout() -> None:
    source = define(release=(BILINGUAL, Fields(title="h1", body="div.text")))
    (item,) = read(source, ONE, html()).items
    assert (item.key, item.shared_ids, item.read_by) == ("news/one", (), ReadBy.RULES)


def test_without_another_layout_the_note_names_the_missing_part() -> None:
    (item,) = read(define(release=BILINGUAL), ONE, html()).items
    assert item.read_by is ReadBy.FALLBACK
    assert "rules failed: es: title, es: body" in item.notes


def test_an_error_page_is_no_release_in_parts_either() -> None:
    page = html(title="Page not found", text="<p>Sorry</p><p>***</p><p>No encontrada</p><p>Disculpe</p>")
    failure = read(define(release=BILINGUAL), ONE, page).failure
    assert failure is not None
    assert failure.kind is FailureKind.SOFT_404


def test_a_part_that_is_asked_for_again_gives_the_same_keys() -> None:
    reading = read(define(release=BILINGUAL), ONE, BOTH, Due("news/one#es", f"{ONE}#es"))
    assert [each.key for each in reading.items] == ["news/one", "news/one#es"]


def test_parts_move_with_their_page() -> None:
    source = define(release=BILINGUAL)
    taken = capture(BOTH, ONE, final_url="https://www.example.org/news/two")
    due = Due("news/one", ONE)
    items = with_keys(source, due, taken, read_page(source, taken, due).items)
    assert [each.key for each in items] == ["news/two", "news/two#es"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (lambda: Parts({"en": Fields(title="h1", body="p")}), "needs no parts"),
        (lambda: Parts({"a b": Fields(title="h1", body="p"), "c": Fields(title="h1", body="p")}), "no name"),
        (
            lambda: Parts({"a": Fields(title="h1", body="p", path="x"), "c": Fields(title="h1", body="p")}),
            "belong to Parts",
        ),
    ],
)
def test_parts_that_contradict_themselves_are_refused(parts: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(DefinitionError, match=message):
        parts()
