"""How fast a source's hosts are asked, and under which name. Settings, made from the definition."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from crawler.browser import BROWSER_SLOT
from crawler.mappings import read_mappings
from crawler.source import Source

UNPACED_AT_ONCE = 16
"""Requests at once to mapped hosts when COMMUNIQUE_CONNECT_DELAY is given: the replica, never a site."""


def mapped_hosts(settings: BaseSettings) -> set[str]:
    """Hosts that COMMUNIQUE_CONNECT_TO leads elsewhere."""
    return {host for host, _ in read_mappings(settings.get("COMMUNIQUE_CONNECT_TO") or "")}


def set_pace(settings: BaseSettings, source: type[Source]) -> None:
    """Delay and number of requests as the definition says, for each of its hosts."""
    mapped = mapped_hosts(settings)
    delay = settings.get("COMMUNIQUE_CONNECT_DELAY")
    slots = dict(settings.getdict("DOWNLOAD_SLOTS"))
    for host in source.hosts:
        unpaced = host in mapped and delay is not None
        slots[host] = {
            "delay": float(delay) if unpaced else source.polite.delay,
            "concurrency": UNPACED_AT_ONCE if unpaced else source.polite.at_once,
            "jitter": 0,
        }
    if source.browser is not None:
        # A page being rendered holds no host's slot: what it asks for needs that.
        slots[BROWSER_SLOT] = {"delay": 0, "concurrency": 1, "jitter": 0}
    settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
    settings.set("COOKIES_ENABLED", source.polite.cookies, priority="spider")
    settings.set("COMMUNIQUE_PORTS", sorted(_ports(settings, source)), priority="spider")
    # Little more than the hosts take at once: what already waits in a host's slot is fetched even
    # when the crawl is being stopped.
    at_once = max(slots[host]["concurrency"] for host in source.hosts)
    settings.set("CONCURRENT_REQUESTS", at_once + max(1, at_once // 2), priority="spider")


def _ports(settings: BaseSettings, source: type[Source]) -> set[int]:
    """Ports that the settings allow, and those that the definition's own addresses name."""
    ports = {int(port) for port in settings.getlist("COMMUNIQUE_PORTS")}
    for discovery in source.discoveries():
        for url in (discovery.url, getattr(discovery, "first_url", None), getattr(discovery, "fetch", None)):
            port = urlsplit(url).port if url else None
            if port is not None:
                ports.add(port)
    return ports


def nameless_hosts(settings: BaseSettings, source: type[Source]) -> list[str]:
    """Hosts of the source that could not tell how to reach whoever crawls them; mapped ones do not mind."""
    if settings.get("COMMUNIQUE_CONTACT"):
        return []
    mapped = mapped_hosts(settings)
    return [host for host in source.hosts if host not in mapped]
