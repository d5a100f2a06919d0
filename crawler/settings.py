"""Scrapy's settings for every crawl, and the only reader of the environment.

What is said here is polite and safe by default; a definition's `Polite` sets pace and number of
requests for its hosts (`crawler.spiders.source`). Names are Scrapy's, but for COMMUNIQUE_*.
"""

from __future__ import annotations

import importlib.metadata
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import platformdirs

from crawler.archives.archive import archive_at
from crawler.archives.budget import INDEX_CALLS, REPLAYS
from crawler.archives.common_crawl import DATA, INDEX
from crawler.archives.pauses import UNASKED_PAUSE
from crawler.frontier import WARC_MIB
from crawler.mappings import read_mappings
from crawler.revisits import BUDGET

_Usual = TypeVar("_Usual", int, None)


class EnvironmentError_(ValueError):  # noqa: N801 - the plain name is Python's own
    """A variable of the environment cannot be read; the message names it and says what it may be."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says."""

    data: Path
    """COMMUNIQUE_DATA: folder of database and captures."""
    database: str
    """COMMUNIQUE_DATABASE: SQLAlchemy URL; empty for SQLite in the data folder."""
    contact: str
    """COMMUNIQUE_CONTACT: mail address or URL of whoever runs the crawler; empty when not given."""
    connect_to: str
    """COMMUNIQUE_CONNECT_TO, checked: comma-separated `host:port=address:port`."""
    connect_delay: float | None
    """COMMUNIQUE_CONNECT_DELAY: seconds between requests to mapped hosts; None: the definition's delay."""
    revisits: int = BUDGET
    """COMMUNIQUE_REVISITS: kept pages that a run of a source asks for again at most."""
    common_crawl: tuple[str, str] = (INDEX, DATA)
    """COMMUNIQUE_COMMON_CRAWL: addresses of Common Crawl's index and data, with a space between them."""
    encoder: str = ""
    """COMMUNIQUE_ENCODER: encoder of sentences for linking, or none; empty: the one that comes with the
    program."""
    archive: str = ""
    """COMMUNIQUE_ARCHIVE: address of a web archive laid out as pywb's collections are; empty for the Wayback
    Machine."""
    index_calls: float = INDEX_CALLS
    """COMMUNIQUE_INDEX_CALLS: calls of an archive's index a minute, by all processes."""
    replays: float = REPLAYS
    """COMMUNIQUE_REPLAYS: pages of an archive a second, by all processes."""
    unasked_pause: float = UNASKED_PAUSE
    """COMMUNIQUE_UNASKED_PAUSE: seconds for which an archive is left alone when it did not say for how long,
    or when a process was killed before it could read the answer."""
    warc_mib: float = WARC_MIB
    """COMMUNIQUE_WARC_MIB: MiB at which a file of captures is full and the next one begins."""
    writer_from: int | None = None
    """COMMUNIQUE_WRITER_FROM: records after which a crawl gets a process that stores and links them, or 0.
    None: as the number of processors has it."""
    encoder_key: str = field(default="", repr=False)
    """COMMUNIQUE_ENCODER_KEY: key of the endpoint that makes vectors; empty when it needs none."""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """What the variables say; raises EnvironmentError_ for one that cannot be read."""
    data = variables.get("COMMUNIQUE_DATA", "").strip()
    contact = variables.get("COMMUNIQUE_CONTACT", "").strip()
    if any(not character.isprintable() or not character.isascii() for character in contact):
        raise EnvironmentError_("COMMUNIQUE_CONTACT: must be a mail address or URL in printable ASCII")
    connect_to = variables.get("COMMUNIQUE_CONNECT_TO", "").strip()
    try:
        read_mappings(connect_to)
    except ValueError as error:
        raise EnvironmentError_(f"COMMUNIQUE_CONNECT_TO: {error}") from error
    archive = variables.get("COMMUNIQUE_ARCHIVE", "").strip()
    try:
        archive_at(archive)
    except ValueError as error:
        raise EnvironmentError_(f"COMMUNIQUE_ARCHIVE: {error}") from error
    return Environment(
        data=Path(data).expanduser() if data else Path(platformdirs.user_data_dir("communique")),
        database=variables.get("COMMUNIQUE_DATABASE", "").strip(),
        contact=contact,
        connect_to=connect_to,
        connect_delay=_seconds(variables.get("COMMUNIQUE_CONNECT_DELAY", "").strip()),
        revisits=_number("COMMUNIQUE_REVISITS", variables, f"of pages, such as {BUDGET}", BUDGET),
        common_crawl=_addresses(variables.get("COMMUNIQUE_COMMON_CRAWL", "")),
        encoder=variables.get("COMMUNIQUE_ENCODER", "").strip(),
        encoder_key=variables.get("COMMUNIQUE_ENCODER_KEY", "").strip(),
        archive=archive,
        index_calls=_rate("COMMUNIQUE_INDEX_CALLS", variables, INDEX_CALLS),
        replays=_rate("COMMUNIQUE_REPLAYS", variables, REPLAYS),
        unasked_pause=_rate("COMMUNIQUE_UNASKED_PAUSE", variables, UNASKED_PAUSE),
        warc_mib=_rate("COMMUNIQUE_WARC_MIB", variables, WARC_MIB),
        writer_from=_number("COMMUNIQUE_WRITER_FROM", variables, "of records, such as 50, or 0", None),
    )


def _rate(name: str, variables: Mapping[str, str], usual: float) -> float:
    text = variables.get(name, "").strip()
    if not text:
        return usual
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not math.isfinite(rate) or rate <= 0:
        raise EnvironmentError_(f"{name}: {text!r} is not a number above 0")
    return rate


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds) or seconds < 0:
        raise EnvironmentError_(f"COMMUNIQUE_CONNECT_DELAY: {text!r} is not a number of seconds, such as 0.5")
    return seconds


def _number(name: str, variables: Mapping[str, str], such_as: str, usual: _Usual) -> int | _Usual:
    text = variables.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise EnvironmentError_(f"{name}: {text!r} is not a number {such_as}")
    return int(text) if text else usual


def _addresses(text: str) -> tuple[str, str]:
    given = text.split()
    if given and (len(given) != 2 or not all(each.startswith(("http://", "https://")) for each in given)):
        raise EnvironmentError_(f"COMMUNIQUE_COMMON_CRAWL: {text!r} is not two addresses: index and data")
    return (given[0], given[1]) if given else (INDEX, DATA)


def processors() -> int:
    """On how many processors this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def writer_from(told: int | None, at_hand: int) -> int:
    """Records after which a crawl gets a process that stores and links them; 0: it always does that itself.

    A crawl and its reader keep two processors busy: there a third process only costs its start and messages.
    """
    if told is not None:
        return told
    return 50 if at_hand > 2 else 0


def user_agent(contact: str) -> str:
    """The one identity under which everything is asked for."""
    version = importlib.metadata.version("communique")
    return f"Communique/{version} (+{contact or 'no contact given'})"


def environment_now() -> Environment:
    """What the environment of this process says now; raises as read_environment does."""
    return read_environment(os.environ)


def environment_with(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child process: this one's, with changes."""
    return {**os.environ, **changes}


environment = environment_now()

COMMUNIQUE_STORE = "storage.store.open_store"
# Turns at hosts; without it, or where it gives none, the processes of one data folder share files.
COMMUNIQUE_TURNS = "storage.turns.shared_turns"
COMMUNIQUE_DATA = str(environment.data)
COMMUNIQUE_DATABASE = environment.database
COMMUNIQUE_CONTACT = environment.contact
COMMUNIQUE_CONNECT_TO = environment.connect_to
COMMUNIQUE_CONNECT_DELAY = environment.connect_delay
COMMUNIQUE_ARCHIVE = environment.archive
COMMUNIQUE_INDEX_CALLS = environment.index_calls
COMMUNIQUE_REPLAYS = environment.replays
COMMUNIQUE_UNASKED_PAUSE = environment.unasked_pause
# Pauses that archives ask for; without it, or where it gives none, files of the data folder as well.
COMMUNIQUE_PAUSES = "storage.pauses.shared_pauses"
# At so many MiB a WARC file is full.
COMMUNIQUE_WARC_MIB = environment.warc_mib
# Program of the browser for sources that need one; None: the first Chromium that is installed.
COMMUNIQUE_BROWSER = os.environ.get("COMMUNIQUE_BROWSER") or None
# Seconds for which a crawl waits for a database server that is away, being restarted.
COMMUNIQUE_PATIENCE = 180
# File that tells the ledger the time, in rehearsals (storage.clock); None: the system's clock.
COMMUNIQUE_CLOCK = os.environ.get("COMMUNIQUE_CLOCK") or None
# Ports besides 80 and 443 to which connections may be made, without a mapping.
COMMUNIQUE_PORTS: list[int] = []
# Dotted path of a `crawler.guard.Resolve`; tests name one that needs no network.
COMMUNIQUE_RESOLVER = None
# Longest Retry-After, in seconds, that is waited for within a run; beyond it the address waits for another.
COMMUNIQUE_LONGEST_WAIT = 120
# Kept pages that a run asks for again at most, where the definition does not say.
COMMUNIQUE_REVISITS = environment.revisits
# So many challenges (or refusals for asking too much) in a row from one host end the crawl.
COMMUNIQUE_CHALLENGES = 3
# Seconds between two signs of life of a run.
COMMUNIQUE_BEAT = 5.0

BOT_NAME = "communique"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SourceSpiderLoader"

# Who asks, and what a site allows.
USER_AGENT = user_agent(environment.contact)
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Communique"
DOWNLOAD_DELAY = 2.0
# Jitter would go below the delay that was promised.
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Scrapy makes so many tasks for the items of each response, used or not: 100 by default, 4 ms a page.
CONCURRENT_ITEMS = 1
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False
METAREFRESH_ENABLED = False
# No site needs to know where an address was found; and a site's Referrer-Policy need not be obeyed.
REFERER_ENABLED = False
REDIRECT_MAX_TIMES = 5
DEFAULT_REQUEST_HEADERS = {
    # gob.mx answers a script fragment to clients that do not ask for a page.
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.5",
}

# What a site may cost us.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
RETRY_TIMES = 2
# Failures are told by the ledger and the run, not twice by the log.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"

# No way in, and no way around the guard.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.download.GuardedDownloadHandler",
    "https": "crawler.download.GuardedDownloadHandler",
    "file": "crawler.download.ShellFileHandler",
    "data": None,
    "ftp": None,
    "s3": None,
}

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.middlewares.hosts.Hosts": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.Robots": 100,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.retries.Retries": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.redirects.Redirects": 600,
    # Raw bodies are needed for the captures, so these decode too.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.captures.Captures": 700,
}
SPIDER_MIDDLEWARES = {"crawler.runs.OpenRun": 10, "crawler.middlewares.origins.Origins": 20}
EXTENSIONS = {
    "crawler.signals.SendWhatIsHeard": -10,
    "crawler.runs.RunKeeper": 0,
    "crawler.closing.CloseWhenIdle": 5,
    "crawler.collector.CollectLess": 10,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
ITEM_PIPELINES = {
    "pipelines.validate.Validate": 100,
    "pipelines.normalize.Normalize": 200,
    "pipelines.identify.Identify": 300,
    "pipelines.persist.Persist": 400,
}
# One function that does what the first stages do: the process that reads pages calls it, where ITEM_PIPELINES
# begins with just these. Elsewhere items go through all stages in the crawl's own process.
COMMUNIQUE_STAGES = {
    "pipelines.process.process": [
        "pipelines.validate.Validate",
        "pipelines.normalize.Normalize",
        "pipelines.identify.Identify",
    ]
}
# Longest that one page may take to be read and put through those stages.
COMMUNIQUE_READING_SECONDS = 60.0
COMMUNIQUE_WRITER_FROM = writer_from(environment.writer_from, processors())
# Responses wait here for the batches of the persist stage; half a hundred long pages must fit.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024 * 1024

LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.log.ShortMessages"
STATS_CLASS = "crawler.stats.Stats"
STATS_DUMP = False
