"""Pages that are empty until their scripts have run: rendered, and nothing reached that may not be."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.browser import missing_browser
from tests.crawler.crawling import Crawled, Crawls
from tests.crawler.demo import ROBOTS, definition, listing, page, settings_for
from tests.crawler.server import Answer, Web, serving

MISSING = missing_browser()
needs_a_browser = pytest.mark.skipif(
    MISSING is not None and os.environ.get("CI") != "true", reason=MISSING or "there is a browser"
)

SENTENCE = "The ministry said that the second bridge will be opened next spring, and thanked everybody."
SHELL = (
    "<!doctype html><html lang=en><head><title>Demo</title><script src='/app.js'></script></head>"
    "<body><div id=app>Loading</div><img src='/picture.png'></body></html>"
)
APP = """
addEventListener("load", async () => {
  const answer = await fetch("/data" + location.pathname, {headers: {"X-Requested-With": "app"}});
  const data = await answer.json();
  document.getElementById("app").innerHTML =
    `<h1>${data.title}</h1><time datetime="${data.day}"></time><div class="text"><p>${data.text}</p></div>`;
});
"""


def source(wait_for: str = "div.text p", seconds: float = 30, **more: Any) -> str:  # noqa: ANN401
    options = "".join(f", {name}={value!r}" for name, value in more.items())
    return definition() + f"    browser = Browser(wait_for={wait_for!r}, seconds={seconds}{options})\n"


def data(number: int) -> Answer:
    whole = {"title": f"Release number {number} of the ministry", "day": "2017-02-23", "text": SENTENCE}
    return Answer(json.dumps(whole).encode(), kind="application/json")


def shells(*numbers: int, script: str = APP) -> dict[str, Answer]:
    return {
        "/list?page=1": listing(numbers),
        "/app.js": Answer(script.encode(), kind="text/javascript"),
        **{f"/news/n{number}": Answer(SHELL.encode(), headers={"ETag": '"shell"'}) for number in numbers},
        **{f"/data/news/n{number}": data(number) for number in numbers},
    }


def crawl(tmp_path: Path, web: Web, text: str, **settings: Any) -> Crawled:  # noqa: ANN401
    crawls = Crawls(tmp_path)
    return crawls.crawl(definition=crawls.define(text), settings=settings_for(web, **settings))


@needs_a_browser
def test_a_page_is_read_as_its_scripts_show_it(tmp_path: Path) -> None:
    web = Web(shells(1, 2), robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(indexes=False))
    assert done.result["outcome"] == "finished", done.log
    assert {item["title"] for item in done.items} == {
        "Release number 1 of the ministry",
        "Release number 2 of the ministry",
    }
    assert all(item["body"] == [SENTENCE] for item in done.items)
    assert all(any("rendered by a browser" in note for note in item["notes"]) for item in done.items)
    # The validators are those of the empty page, so they are not kept.
    assert all(item["etag"] is None for item in done.items)
    # Scripts are asked for once, pictures never, and whoever asks says who it is.
    assert web.paths().count("/app.js") == 1
    assert "/picture.png" not in web.paths()
    assert {hit.headers["User-Agent"].partition("/")[0] for hit in web.hits} == {"Communique"}


@needs_a_browser
def test_a_page_reaches_nothing_but_the_hosts_of_its_source(tmp_path: Path) -> None:
    inner = Web({"/": Answer(b"secret")})
    with serving(inner):
        reach = f"""
          const there = ["http://127.0.0.1:{inner.port}/", "http://localhost:{inner.port}/", "http://[::1]:{inner.port}/",
            "http://other.example/", "http://www.demo.example:{inner.port}/", "/private/notes", "file:///etc/passwd"];
          addEventListener("load", async () => {{
            const seen = [];
            for (const url of there) {{
              try {{ seen.push(url + ": " + await (await fetch(url)).text()); }} catch (error) {{}}
              const frame = document.createElement("iframe"); frame.src = url; document.body.append(frame);
            }}
            navigator.sendBeacon(there[0], "x");
            await new Promise(done => {{
              const socket = new WebSocket("ws://127.0.0.1:{inner.port}/");
              socket.onclose = socket.onerror = done;
              socket.onopen = () => {{ seen.push("socket"); done(); }};
            }});
            document.getElementById("app").innerHTML =
              "<h1>Release 1</h1><div class=text><p>{SENTENCE} Seen: [" + seen.join() + "]</p></div>";
          }});
        """
        web = Web(shells(1, script=reach), robots=ROBOTS)
        with serving(web):
            done = crawl(tmp_path, web, source(indexes=False))
    (item,) = done.items
    assert item["body"] == [f"{SENTENCE} Seen: []"]
    assert inner.hits == []
    assert "/private/notes" not in web.paths()


@needs_a_browser
def test_what_a_page_asks_for_is_asked_for_at_the_hosts_pace(tmp_path: Path) -> None:
    web = Web(shells(1), robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(indexes=False), COMMUNIQUE_CONNECT_DELAY=1.0)
    assert done.states() == {"news/n1": "stored"}
    assert {"/news/n1", "/app.js", "/data/news/n1"} < set(web.paths())
    # Seen by the server, on a busy machine: when a request arrives is not quite when it was let go.
    assert [after - before for before, after in pairwise(web.times()) if after - before < 0.5] == []


@needs_a_browser
def test_what_never_appears_is_named_and_not_a_release(tmp_path: Path) -> None:
    web = Web(shells(1, script="/* nothing */"), robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(seconds=0.5, indexes=False))
    assert done.items == []
    entry = done.ledger()["news/n1"]
    assert entry["state"] == "failed"


@needs_a_browser
def test_a_page_that_keeps_its_thread_busy_ends_as_failed_and_the_next_is_read(tmp_path: Path) -> None:
    busy = "if (location.pathname.endsWith('n1')) { while (true) {} }" + APP
    web = Web(shells(1, 2, script=busy), robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(seconds=2, indexes=False))
    states = done.states()
    assert (states["news/n1"], states["news/n2"]) == ("failed", "stored"), done.log


@needs_a_browser
def test_listings_are_rendered_where_the_definition_says_so(tmp_path: Path) -> None:
    routes = {"/list?page=1": Answer(SHELL.encode()), "/news/n1": page(1)}
    routes["/app.js"] = Answer(
        b"addEventListener('load', () => document.body.innerHTML = '<ul class=releases><li>"
        b'<time datetime="2017-02-23">day</time><a href="/news/n1">Release</a></ul>\')',
        kind="text/javascript",
    )
    web = Web(routes, robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(wait_for="ul.releases li", releases=False))
    assert done.states() == {"news/n1": "stored"}


@needs_a_browser
def test_statuses_and_redirects_are_those_of_the_page(tmp_path: Path) -> None:
    routes = shells(1, 2, 3)
    routes["/news/n1"] = Answer(b"gone", 410)
    routes["/news/n2"] = Answer(b"", 302, headers={"Location": "/news/n3"})
    web = Web(routes, robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(indexes=False))
    states = done.states()
    assert (states["news/n1"], states["news/n2"], states["news/n3"]) == ("gone", "skipped", "stored"), (
        done.log
    )


def test_without_a_browser_the_run_fails_and_says_how_to_get_one(tmp_path: Path) -> None:
    web = Web(shells(1), robots=ROBOTS)
    with serving(web):
        done = crawl(tmp_path, web, source(indexes=False), COMMUNIQUE_BROWSER="/no/such/browser")
    assert done.result["outcome"] == "failed"
    assert "browser" in done.result["error"]
    assert web.paths() == []
