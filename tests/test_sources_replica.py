"""The definitions read the replica's sites to what is true of them: two views of one dossier must agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from crawler.declare import Api, Feed, Listing
from crawler.items import Capture, Due, Held, ReadBy, Release, Role
from crawler.pages.index import IndexPage, read_index
from crawler.pages.read import read_page
from crawler.replica import SOURCES, Replica, TrueRelease
from crawler.replica.exchange import Request
from crawler.replica.faults import Flavour
from crawler.replica.sites import all_sites
from crawler.source import Source, source_named
from pipelines.process import process

RELEASES = 400
CAPTURED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class World:
    """The replica's sites, asked without a network."""

    def __init__(self) -> None:
        replica = Replica(releases=RELEASES, seed=11)
        self.truth = replica.truth
        self.sites = all_sites(self.truth.world, 6_000)
        self.releases = {
            name: {
                release.key: release
                for statement in self.truth
                for release in statement.releases
                if release.source == name
            }
            for name in SOURCES
        }

    def get(self, url: str, flavour: Flavour | None = None) -> Capture:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        head = f"GET {target} HTTP/1.1\r\nHost: {parts.hostname}\r\nAccept: text/html".encode("latin-1")
        asked = Request.parse(head, parts.scheme == "https")
        response = self.sites[parts.hostname or ""].answer(asked, flavour)
        headers = (("Content-Type", response.content_type), *response.headers)
        return Capture(url, response.status, headers, response.body, CAPTURED)

    def walk(self, source: type[Source]) -> Iterator[tuple[str, IndexPage]]:
        """Every page of every index of a source, in all its languages."""
        for discovery in source.discoveries():
            if not isinstance(discovery, Listing | Feed | Api):
                continue
            told = discovery.languages or (None,)
            for language in told:
                turn = 0
                while True:
                    number = discovery.pages.first + turn * discovery.pages.step
                    url = discovery.url.replace("{language}", language or "").replace("{page}", str(number))
                    if turn == 0 and isinstance(discovery, Listing) and discovery.first_url:
                        url = discovery.first_url
                    capture = self.get(url)
                    page = read_index(
                        source, discovery, capture, language or getattr(discovery, "language", None)
                    )
                    if capture.status != 200 or not page.entries:
                        assert turn > 0, f"{url}: {page.failure}"
                        break
                    yield url, page
                    turn += 1
                    if discovery.pages.kind != "numbered":
                        break


@pytest.fixture(scope="module")
def world() -> World:
    return World()


LISTED = [name for name in SOURCES if isinstance(source_named(name).discoveries()[0], Listing | Feed | Api)]


@pytest.mark.parametrize("name", LISTED)
def test_the_indexes_show_every_release_and_nothing_else(world: World, name: str) -> None:
    shown = {entry.key: entry for _, page in world.walk(source_named(name)) for entry in page.entries}
    true = world.releases[name]
    assert set(shown) <= set(true)
    unlisted = {true[key].language for key in set(true) - set(shown)}
    # The search of GOV.UK knows English documents only; those name their translations.
    assert unlisted <= ({"ar", "es", "ur", "fr", "cy"} if name == "uk_fcdo" else set())
    for key, entry in shown.items():
        # GOV.UK's search goes by the last change, and nothing was changed here yet.
        assert (entry.posted_on or entry.changed_on) == true[key].posted_on
        assert (entry.posted_on is None) == (name == "uk_fcdo")


def fetch_address(source: type[Source], release: TrueRelease) -> str:
    api = next((each for each in source.discoveries() if isinstance(each, Api) and each.fetch), None)
    if api is not None and api.fetch is not None and "{link}" in api.fetch:
        return api.fetch.replace("{link}", urlsplit(release.url).path)
    return release.url


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_page_reads_to_what_is_true(world: World, name: str) -> None:
    source = source_named(name)
    embedded = {key: item for _, page in world.walk(source) for key, item in page.embedded.items()}
    assert world.releases[name]
    for key, true in world.releases[name].items():
        if key in embedded:
            item = embedded[key]
        else:
            reading = read_page(source, world.get(fetch_address(source, true)))
            assert reading.items, (true.url, reading)
            (item,) = reading.items
        release = process(item)
        assert isinstance(release, Release), release
        found = (
            release.key,
            release.language,
            release.kind,
            release.said_on,
            release.posted_on,
            release.issuers,
            release.standing,
        )
        assert found == (
            true.key,
            true.language,
            true.kind,
            true.said_on,
            true.posted_on,
            true.issuers,
            true.standing,
        ), true.url
        assert true.title in release.title
        # Number lines, letterheads, datelines and notices of translation are fields; a dateline before the
        # first sentence is part of it.
        paragraphs = [each.removeprefix("WASHINGTON — ") for each in release.body.split("\n\n")]
        assert paragraphs == list(true.body), true.url
        if (name, true.role) == ("us_state", Role.TRANSLATION):
            assert "cortesía" in (release.attribution or "")
        # A repost is known for one only beside its original: alone it reads like one.
        assert release.role_hint is true.role or release.role_hint.value == "original", true.url


@pytest.mark.parametrize(
    ("name", "label"), [("us_dhs", None), ("us_state", None), ("ca_gac", "News release")]
)
def test_a_page_in_a_layout_that_no_rule_knows_is_held_back_with_its_text_and_nothing_else(
    world: World, name: str, label: str | None
) -> None:
    source = source_named(name)
    for key, true in world.releases[name].items():
        hint = Due(key or "", true.url, posted_on=true.posted_on)
        (item,) = read_page(source, world.get(true.url, Flavour.OLD_LAYOUT), hint).items
        assert (item.read_by, item.posted) == (ReadBy.FALLBACK, f"Posted {true.posted_on:%m/%d/%Y}")
        held = process(item)
        assert isinstance(held, Held)
        assert (held.reason, held.item["posted_on"]) == ("layout changed", true.posted_on.isoformat())
        release = process(replace(item, doubt=None, kind=label))
        assert isinstance(release, Release), release
        assert tuple(release.body.split("\n\n")) == true.body, true.url
        assert release.posted_on == true.posted_on
        if true.role is Role.TRANSLATION:
            # Nothing on such a page tells when the original was said, and the record says so.
            assert release.said_on == true.posted_on
            assert any(note.startswith("said on: the day on which the translation") for note in release.notes)
        else:
            assert release.said_on == true.said_on


def test_a_saved_page_in_such_a_layout_is_dated_by_its_line_or_not_at_all(world: World) -> None:
    for name, order in (("us_dhs", True), ("us_state", True), ("ca_gac", None)):
        for true in world.releases[name].values():
            (item,) = read_page(source_named(name), world.get(true.url, Flavour.OLD_LAYOUT)).items
            # Canada writes 10/11 in both ways, so such a day stays open.
            open_ = order is None and true.posted_on.day <= 12 and true.posted_on.day != true.posted_on.month
            assert item.posted_on == (None if open_ else true.posted_on), true.url


def test_a_mirrors_columns_and_reports_are_skipped_with_that_reason(world: World) -> None:
    source = source_named("mexidata")
    numbers = [int((key or "id0")[2:]) for key in world.releases["mexidata"]]
    reasons = set()
    for number in range(min(numbers), max(numbers)):
        capture = world.get(f"http://mexidata.info/id{number}.html")
        if capture.status == 200:
            reasons.add(read_page(source, capture).skipped)
    assert reasons == {None, "a column, not a release", "a report, not a release"}
