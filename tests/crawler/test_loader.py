"""Spiders are found by name and by address."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.settings import Settings

from crawler.source import crawled_sources, load_source
from crawler.spiders.loader import SourceSpiderLoader, spider_for
from crawler.spiders.source import SourceSpider
from tests.crawler.crawling import Crawls
from tests.crawler.demo import LISTING, definition


@pytest.fixture(scope="module")
def loader() -> SourceSpiderLoader:
    settings = Settings()
    settings.setmodule("crawler.settings")
    return SourceSpiderLoader(settings)


def test_every_source_that_is_crawled_has_a_spider_of_its_name(loader: SourceSpiderLoader) -> None:
    assert set(loader.list()) == set(crawled_sources())
    for name, source in crawled_sources().items():
        spider = loader.load(name)
        assert issubclass(spider, SourceSpider)
        assert (spider.name, spider.source) == (name, source)


def test_a_name_that_does_not_exist_is_answered_with_those_that_do(loader: SourceSpiderLoader) -> None:
    with pytest.raises(KeyError, match=r"no spider .mx_srre.; there are: .*mx_sre"):
        loader.load("mx_srre")


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://www.gob.mx/sre/prensa/un-comunicado", "mx_sre"),
        ("https://www.gob.mx/segob/es/prensa/un-comunicado?idiom=es", "mx_segob"),
        ("https://www.gob.mx/shcp/es/archivo/prensa?idiom=es&order=DESC&page=4", "mx_shcp"),
        ("http://mexidata.info/id4410.html", "mexidata"),
        ("https://www.state.gov/wp-json/wp/v2/state_press_release?per_page=100&page=2", "us_state"),
    ],
)
def test_an_address_finds_the_one_spider_that_it_belongs_to(
    loader: SourceSpiderLoader, url: str, owner: str
) -> None:
    assert loader.find_by_request(Request(url)) == [owner]


def test_an_address_of_nobody_finds_nobody(loader: SourceSpiderLoader) -> None:
    assert loader.find_by_request(Request("https://www.example.org/")) == []


def test_each_host_is_paced_as_its_definition_says(loader: SourceSpiderLoader) -> None:
    for name, source in crawled_sources().items():
        settings = Settings()
        settings.setmodule("crawler.settings")
        loader.load(name).update_settings(settings)
        for host in source.hosts:
            slot = settings.getdict("DOWNLOAD_SLOTS")[host]
            assert slot == {"delay": source.polite.delay, "concurrency": source.polite.at_once, "jitter": 0}


def test_no_definition_that_we_ship_asks_a_host_without_a_pause() -> None:
    for name, source in crawled_sources().items():
        assert source.polite.delay >= 0.5, name
        assert 1 <= source.polite.at_once <= 2, name


def test_only_mapped_hosts_are_asked_faster_and_only_when_told_so(loader: SourceSpiderLoader) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.set("COMMUNIQUE_CONNECT_TO", "api.io.canada.ca:443=127.0.0.1:4001")
    settings.set("COMMUNIQUE_CONNECT_DELAY", "0")
    loader.load("ca_gac").update_settings(settings)
    slots = settings.getdict("DOWNLOAD_SLOTS")
    assert slots["api.io.canada.ca"] == {"delay": 0.0, "concurrency": 16, "jitter": 0}
    assert slots["www.canada.ca"]["delay"] >= 1


def test_a_port_that_a_definition_names_may_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Other tests in this process have a definition of that name too.
    monkeypatch.delitem(sys.modules, "crawler.sources.xx.xx_demo", raising=False)
    text = definition(LISTING.replace("www.demo.example/", "www.demo.example:8443/"))
    settings = Settings()
    settings.setmodule("crawler.settings")
    spider_for(load_source(Crawls(tmp_path).define(text))).update_settings(settings)
    assert settings.getlist("COMMUNIQUE_PORTS") == [8443]
