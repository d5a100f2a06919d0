"""The desk in a real browser: found, read side by side, decided by keyboard, crawled; by everybody, safely.

One desk and one browser for the whole file. Pages are looked at in light, in dark and on a phone.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from crawler.browser import missing_browser, program_of
from crawler.replica import Replica
from storage.decisions import latest_decisions
from storage.provenance import ids_at
from storage.runs import find_runs
from storage.store import open_store
from tests.clock import Clock
from tests.web.archive import NOW
from tests.web.conftest import PASSWORD, Filled
from web.app import create_app
from web.desk import Desk, DeskSettings

MISSING = missing_browser()
pytestmark = pytest.mark.skipif(
    MISSING is not None and os.environ.get("CI") != "true", reason=MISSING or "there is a browser"
)
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "docs" / "screenshots"
LARGEST = 200_000
"""Bytes of a screenshot."""
PHONE = 360
"""Pixels across a small phone."""


@dataclass
class Served:
    """A desk that listens, and the browser in front of it."""

    desk: Desk
    base: str
    browser: Browser
    filled: Filled
    state: Any = None
    """Cookies of somebody who is logged in."""


@dataclass
class Watched:
    """A page, and everything that it asked for, said and failed at."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open an address of the desk."""
        self.page.goto(self.base + path)
        return self.page

    def answer(self, dialog: Dialog) -> None:
        """A dialog is something that was said, too."""
        self.said.append(dialog.message)
        dialog.dismiss()

    def check(self) -> None:
        """Nothing failed, nothing was said, nobody else was asked."""
        assert self.said == []
        assert [each for each in self.asked if not each.startswith(self.base + "/")] == []


@pytest.fixture(scope="module")
def served(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("browser") / "desk"
    shutil.copytree(filled.folder, folder)
    store = open_store({"COMMUNIQUE_DATA": str(folder)})
    settings = DeskSettings(folder, None)
    desk = Desk(settings, store.database, Clock(NOW))
    with _listening(desk) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program_of(), args=OPTIONS)
        made = Served(desk, base, browser, filled)
        context = browser.new_context()
        page = context.new_page()
        page.goto(base + "/login?next=/review")
        page.fill("[name=name]", "ana")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        assert page.url == base + "/review"
        made.state = context.storage_state()
        context.close()
        yield made
        browser.close()
    store.close()


@contextmanager
def _listening(desk: Desk) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    config = uvicorn.Config(create_app(desk.settings, desk), log_level="warning", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def _watching(served: Served, *, logged_in: bool = True, **options: Any) -> Iterator[Watched]:  # noqa: ANN401
    context = served.browser.new_context(storage_state=served.state if logged_in else None, **options)
    page = context.new_page()
    watched = Watched(page, served.base)
    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("console", lambda told: watched.said.append(f"{told.type}: {told.text}"))
    page.on("pageerror", lambda error: watched.said.append(str(error)))
    page.on("dialog", watched.answer)
    page.set_default_timeout(20_000)
    try:
        yield watched
        watched.check()
    finally:
        context.close()


@pytest.fixture
def watched(served: Served) -> Iterator[Watched]:
    with _watching(served) as made:
        yield made


def pages(served: Served) -> dict[str, str]:
    """Every page, by what it shows."""
    archive = served.filled.archive
    with served.desk.read() as connection:
        run = next(find_runs(connection))
    left, right = sorted((archive.original.id, archive.translation.id))
    return {
        "statements": "/",
        "a search": "/?q=pesos&country=mx",
        "nothing found": "/?q=zzzyx",
        "es-en": f"/statements/s{archive.original.id[1:]}",
        "en-ar": f"/statements/s{archive.english.id[1:]}",
        "edited": f"/statements/s{archive.edited.id[1:]}",
        "hostile": f"/statements/s{archive.hostile.id[1:]}",
        "why": f"/why/{left}/{right}",
        "changes": "/changes",
        "sources": "/sources",
        "a source": "/sources/mexidata",
        "review": "/review",
        "held back": "/review/held",
        "runs": "/runs",
        "a run": f"/runs/{run.id}",
        "take away": "/take-away?country=mx",
        "audit": "/audit",
        "login": "/login",
        "no such page": "/nothing",
    }


class TestStatements:
    def test_a_search_finds_what_was_said_in_another_language(self, watched: Watched, served: Served) -> None:
        page = watched.go("/")
        page.fill("#q", "specialists")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?q=specialists*")
        assert page.locator(".entries li article").count() == 1
        assert page.locator(".entries h2").inner_text() == served.filled.archive.original.title
        mark = page.locator(".snippet mark")
        assert mark.inner_text() == "specialists"
        # It stands in its line.
        assert mark.evaluate("(it) => getComputedStyle(it).display") == "inline"

    def test_a_facet_narrows_and_its_mark_takes_it_away(self, watched: Watched) -> None:
        page = watched.go("/")
        everything = page.locator(".count strong").inner_text()
        page.locator("section.facet", has_text="Language").get_by_role("link", name="Arabic").click()
        assert page.locator(".count").inner_text() == "1 statement"
        assert "language=ar" in page.url
        page.locator(".chosen a", has_text="Arabic").click()
        assert page.locator(".count strong").inner_text() == everything

    def test_drawing_across_the_chart_narrows_the_time(self, watched: Watched) -> None:
        page = watched.go("/")
        box = page.locator("svg[data-brush]").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 30, steps=4)
        page.mouse.up()
        page.wait_for_url(re.compile(r"since=2016-\d\d-01&until=201[67]-\d\d-\d\d"))
        assert page.locator(".chosen li").count() == 2

    def test_a_bar_and_the_list_of_periods_are_links(self, watched: Watched) -> None:
        page = watched.go("/")
        page.locator("svg[data-brush] a").last.click()
        page.wait_for_url("**since=2017-03-01**")
        watched.go("/")
        page.get_by_text("As a list").click()
        page.get_by_role("link", name="2016", exact=True).click()
        page.wait_for_url("**since=2016-01-01&until=2016-12-31**")

    def test_everything_can_be_read_without_scripts(self, served: Served) -> None:
        with _watching(served, java_script_enabled=False) as watched:
            page = watched.go("/?q=pesos")
            assert page.locator(".entries li article").count() >= 1
            assert page.get_by_role("complementary").get_by_role("link", name="Mexico").first.is_visible()
            page.get_by_role("link", name=served.filled.archive.original.title).click()
            assert page.locator(".sides .row").count() >= 1
            watched.go("/runs")
            assert page.get_by_role("heading", name="Before").is_visible()


class TestAStatement:
    def test_spanish_and_english_stand_side_by_side_with_what_differs(
        self, watched: Watched, served: Served
    ) -> None:
        page = watched.go(pages(served)["es-en"])
        row = page.locator(".sides .row", has_text="especialistas")
        assert row.locator(".side").nth(0).get_attribute("lang") == "es"
        assert "20 specialists" in row.locator(".side").nth(1).inner_text()
        assert [each.inner_text() for each in row.locator("mark.figure").all()] == ["12", "20"]
        lost = page.locator(".sides .row", has_text="reparto de las aguas")
        assert lost.locator(".absent").inner_text() == "not in this version"
        assert page.locator(".sides mark.inserted").inner_text() == "[about 17 million dollars]"
        heads = [row.bounding_box() for row in row.locator(".side").all()]
        assert all(heads)
        assert heads[0]["y"] == heads[1]["y"]  # type: ignore[index]

    def test_arabic_runs_from_right_to_left_beside_english(self, watched: Watched, served: Served) -> None:
        page = watched.go(pages(served)["en-ar"])
        arabic = page.locator(".sides .row .side[lang=ar]").first
        assert arabic.evaluate("each => getComputedStyle(each).direction") == "rtl"
        assert arabic.evaluate("each => getComputedStyle(each).textAlign") in ("start", "right")
        assert (
            page.locator(".sides .row .side[lang=en]").first.evaluate(
                "each => getComputedStyle(each).direction"
            )
            == "ltr"
        )
        money = page.locator(".sides .row", has_text="2.4 million")
        assert "2.6" in money.locator(".side[lang=ar]").inner_text()
        assert money.locator("mark.figure").count() == 2

    def test_an_edit_is_shown_sentence_by_sentence(self, watched: Watched, served: Served) -> None:
        page = watched.go(pages(served)["edited"])
        gone = page.locator("#changes .step.gone").all_inner_texts()
        come = page.locator("#changes .step.new").all_inner_texts()
        assert any("nine consulates" in each for each in gone)
        assert any("eleven consulates" in each for each in come)
        assert any("medical treatment" in each for each in come)
        assert not any("by mail" in each for each in (*gone, *come))

    def test_what_it_rests_on_opens_as_text(self, watched: Watched, served: Served) -> None:
        page = watched.go(pages(served)["es-en"])
        page.locator("#origin summary").first.click()
        page.get_by_role("link", name="open as text").first.click()
        assert page.locator("body").inner_text().startswith("address: https://www.gob.mx/prensa/")
        assert page.evaluate("document.contentType") == "text/plain"


class TestReview:
    def test_a_person_decides_by_keyboard_and_takes_it_back(self, watched: Watched, served: Served) -> None:
        page = watched.go("/review")
        title = page.locator(".pair h2").first.inner_text()
        page.keyboard.press("l")
        page.wait_for_url("**later=**")
        second = page.locator(".pair h2").first.inner_text()
        assert second != title
        page.keyboard.press("k")
        page.wait_for_url("**decided=**")
        assert "two statements" in page.get_by_role("status").first.inner_text()
        watched.go("/review")
        assert page.locator(".pair h2").first.inner_text() == title
        page.keyboard.press("j")
        page.wait_for_url("**decided=**")
        assert "one statement" in page.get_by_role("status").first.inner_text()
        assert page.get_by_text("Nothing to decide.").is_visible()
        page.keyboard.press("u")
        page.wait_for_url("**undone=**")
        assert page.locator(".pair h2").first.inner_text() == title
        with served.desk.read() as connection:
            told = [(each.kind, each.made_by, each.stands) for each in latest_decisions(connection, 5)]
        assert told == [("yes", "ana", False), ("no", "ana", True)]
        page.get_by_role("button", name="Undo decision 1").click()
        page.wait_for_url("**undone=1**")

    def test_keys_do_nothing_while_somebody_writes_or_has_switched_them_off(self, watched: Watched) -> None:
        page = watched.go("/review")
        page.fill("input[name=reason]", "")
        page.locator("input[name=reason]").press("k")
        assert page.locator("input[name=reason]").input_value() == "k"
        page.get_by_role("button", name="Keys on").click()
        page.keyboard.press("l")
        page.keyboard.press("k")
        assert "later" not in page.url
        assert page.get_by_role("button", name="Keys off").is_visible()

    def test_who_is_not_logged_in_is_led_to_the_login(self, served: Served) -> None:
        with _watching(served, logged_in=False) as watched:
            page = watched.go("/review")
            assert page.locator("button[value=join]").count() == 0
            page.get_by_role("link", name="Log in to decide").click()
            page.wait_for_url("**/login?next=/review")


@dataclass
class Looked:
    """What was found wrong with pages, by page."""

    light: dict[str, object] = field(default_factory=dict)
    dark: dict[str, object] = field(default_factory=dict)
    wide: dict[str, int] = field(default_factory=dict)
    crooked: dict[str, object] = field(default_factory=dict)


CROOKED = """() => {
  const box = (each) => each.getBoundingClientRect();
  const wrong = [];
  for (const table of document.querySelectorAll('main table')) {
    if (!table.tHead || box(table.tHead).height <= 1) continue;
    const heads = [...table.tHead.rows[0].cells].map(box);
    const cells = [...(table.tBodies[0].rows[0] || table.tHead.rows[0]).cells].map(box);
    heads.forEach((head, place) => {
      if (cells.length === heads.length && Math.abs(head.left - cells[place].left) > 1)
        wrong.push(`column ${place} is not under its head`);
    });
  }
  for (const each of document.querySelectorAll('main .scroll'))
    if (innerWidth >= 1280 && each.scrollWidth > each.clientWidth + 1) wrong.push('a table is cut off');
  const labels = [...document.querySelectorAll('main svg.ticks text')].filter((each) => box(each).width);
  labels.slice(1).forEach((label, place) => {
    if (box(label).left < box(labels[place]).right) wrong.push(`${label.textContent} lies on its neighbour`);
  });
  return wrong;
}"""
"""What no tool for accessibility sees: columns beside their heads, tables cut off, labels in a heap."""


@pytest.fixture(scope="module")
def looked(served: Served) -> Looked:
    """Every page, opened once with all that unfolds: by axe in light, its colours in dark, on a phone."""
    found = Looked()
    with _watching(served, color_scheme="light", reduced_motion="reduce") as watched:
        for name, path in pages(served).items():
            page = watched.go(path)
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            for seen, scheme, options in (
                (found.light, "light", {}),
                # Nothing but colours changes with the scheme.
                (found.dark, "dark", {"runOnly": ["color-contrast", "link-in-text-block"]}),
            ):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                asked = {"resultTypes": ["violations"], **options}
                if scheme == "light":
                    violations = Axe().run(page, options=asked).response["violations"]
                else:
                    # It is in the page already.
                    violations = page.evaluate("(asked) => axe.run(document, asked)", asked)["violations"]
                if violations:
                    seen[name] = [
                        (each["id"], [node["target"] for node in each["nodes"]][:4]) for each in violations
                    ]
            crooked = page.evaluate(CROOKED)
            page.set_viewport_size({"width": PHONE, "height": 740})
            crooked += page.evaluate(CROOKED)
            if crooked:
                found.crooked[name] = crooked
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE:
                found.wide[name] = width
            page.set_viewport_size({"width": 1280, "height": 720})
        # The answer for a page that is not there is an error on purpose.
        watched.said = [each for each in watched.said if "404" not in each]
    return found


def test_axe_finds_no_violation_on_any_page(looked: Looked) -> None:
    assert looked.light == {}


def test_axe_finds_no_colour_too_weak_in_the_dark(looked: Looked) -> None:
    assert looked.dark == {}


def test_columns_stand_under_their_heads_and_labels_beside_each_other(looked: Looked) -> None:
    assert looked.crooked == {}


def test_no_page_is_wider_than_a_phone(looked: Looked) -> None:
    assert looked.wide == {}


def test_what_strangers_wrote_runs_nothing_fetches_nothing_and_turns_nothing_around(
    watched: Watched, served: Served
) -> None:
    hostile = served.filled.archive.hostile
    shown = (
        "/?q=statement",
        "/?source=mexidata",
        pages(served)["hostile"],
        "/review/held",
        "/sources/mexidata",
        f"/releases/{hostile.id}/captures/1",
        "/?q=%3Cscript%3Ealert(7)%3C/script%3E&issuer=%22%3E%3Cimg%20src=x%20onerror=alert(8)%3E",
        "/sources/%3Cimg%20src=x%20onerror=alert(9)%3E",
    )
    for path in shown:
        page = watched.go(path)
        page.wait_for_load_state("networkidle")
        assert page.title() != "owned"
        assert page.locator("main iframe, main script, main img, main svg[onload], main style").count() == 0
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.locator("body").inner_text())
        for each in page.locator("a[href]").all():
            assert (each.get_attribute("href") or "").startswith(("/", "#", "http://", "https://"))
    watched.said = [each for each in watched.said if "404" not in each]
    assert "<script>" in watched.go(pages(served)["hostile"]).locator("h1").inner_text()


def test_screenshots_of_the_main_pages_are_made(served: Served, tmp_path: Path) -> None:
    """COMMUNIQUE_SCREENSHOTS names the folder in which they are kept: docs/screenshots."""
    folder = Path(os.environ.get("COMMUNIQUE_SCREENSHOTS") or tmp_path)
    known = pages(served)
    with _watching(served, viewport={"width": 1200, "height": 800}, color_scheme="light") as watched:
        for name, path in (
            ("statements", "/"),
            ("statement", known["es-en"]),
            ("sources", "/sources/mx_sre"),
            ("review", "/review"),
        ):
            page = watched.go(path)
            page.evaluate("document.fonts.ready")
            # Side by side is what is to be seen of a statement.
            page.set_viewport_size({"width": 1040, "height": 1060 if name == "statement" else 760})
            page.screenshot(path=folder / f"{name}.png")
    made = sorted(folder.glob("*.png"))
    kept = sorted(SHOTS.glob("*.png"))
    assert [each.name for each in made] == [each.name for each in kept]
    assert all(each.stat().st_size < LARGEST for each in (*made, *kept))
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"docs/screenshots/{each.name}" in readme for each in kept)


@pytest.fixture(scope="module")
def replica(served: Served) -> Iterator[Replica]:
    """Sites that crawls started at the desk find; the processes that it starts inherit where they are."""
    with Replica(releases=24, seed=7) as made, pytest.MonkeyPatch.context() as changed:
        for name, value in made.environment.items():
            changed.setenv(name, value)
        yield made


def test_a_crawl_is_started_watched_and_ends(watched: Watched, served: Served, replica: Replica) -> None:
    page = watched.go("/runs")
    page.select_option("select[name=source]", "mx_sre")
    page.fill("input[name=limit]", "2")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/runs")
    assert page.locator(".started code").inner_text() == "communique crawl mx_sre --limit 2"
    page.get_by_text("ended well").wait_for(timeout=90_000)
    row = page.locator("tbody tr", has_text="Relaciones Exteriores").first
    assert "2 new" in row.inner_text()
    with served.desk.read() as connection:
        assert next(find_runs(connection, "mx_sre")).counts["stored"] == 2


def test_a_backfill_is_started_watched_and_brings_the_rest_of_its_window(
    watched: Watched, served: Served, replica: Replica
) -> None:
    true = [each for each in replica.truth.releases() if each.source == "mx_sre"]
    since, until = (f(each.posted_on for each in true).isoformat() for f in (min, max))
    page = watched.go("/runs?source=mx_sre")
    page.select_option("select[name=source]", "mx_sre")
    page.select_option("select[name=verb]", "backfill")
    page.select_option("select[name=origin]", "live")
    page.fill("input[name=since]", since)
    page.fill("input[name=until]", until)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/runs")
    first = page.locator(".started li").first
    words = f"communique backfill mx_sre --since {since} --until {until} --origin live"
    assert first.locator("code").inner_text() == words
    first.get_by_text("ended well").wait_for(timeout=90_000)
    with served.desk.read() as connection:
        kept = [each.url for each in true if ids_at(connection, each.url, [("mx_sre", each.key or "")])]
    assert kept == [each.url for each in true]
    watched.go("/audit")
    assert page.get_by_text(words).count() == 1
