"""One crawl in this process: `python -m crawler.run mx_sre --since 2017-02-20 --limit 50`.

Exit codes: 0 finished, or stopped at the limit; 1 failed; 2 the command line or the environment cannot
be used; 3 interrupted; 4 another process is crawling this source. They are judged by the run, since
Scrapy itself leaves with 0 also when a crawl could not start.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

FINISHED = 0
FAILED = 1
UNUSABLE = 2
INTERRUPTED = 3
IN_PROGRESS = 4


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.run",
        description="Crawl one source in this process.",
        epilog="Example: python -m crawler.run mx_sre --since 2017-02-20 --limit 50",
    )
    parser.add_argument("source", help="name of a source (see: communique sources)")
    parser.add_argument(
        "--since", metavar="DAY", help="first day wanted, as 2017-02-20, in the source's zone"
    )
    parser.add_argument("--until", metavar="DAY", help="last day wanted")
    parser.add_argument("--limit", metavar="N", help="most releases to fetch")
    parser.add_argument("--again", action="store_true", help="also what is kept already")
    parser.add_argument(
        "--origin", choices=("live", "wayback"), default="live", help="the site itself, or an archive of it"
    )
    parser.add_argument("--captured-until", metavar="DAY", help="last day of an archive's captures")
    parser.add_argument("--most-texts", metavar="N", help="most different texts of one address")
    parser.add_argument("--run-id", metavar="ID", help="a run that was planned before")
    parser.add_argument("--started-by", metavar="WHO", default="person", help="person, schedule, demo")
    parser.add_argument(
        "-s",
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="override a setting of Scrapy or Communique",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl as the command line says; returns the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return _crawl(asked)
    except _Unusable as error:
        print(f"{asked.source}: {error}", file=sys.stderr)
        return UNUSABLE


class _Unusable(Exception):
    pass


def _crawl(asked: argparse.Namespace) -> int:
    # Imported late, so that --help and a slip of the pen need not wait for Scrapy.
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawler.spiders.arguments import ArgumentError, read_window

    try:
        read_window(asked.since, asked.until, asked.limit)
    except ArgumentError as error:
        raise _Unusable(str(error)) from error
    settings = Settings()
    try:
        settings.setmodule("crawler.settings", priority="project")
    except ValueError as error:
        raise _Unusable(str(error)) from error
    for each in asked.settings:
        name, separator, value = each.partition("=")
        if not separator:
            raise _Unusable(f"-s {each}: expected NAME=VALUE")
        settings.set(name, value, priority="cmdline")

    process = AsyncCrawlerProcess(settings)
    try:
        crawler = process.create_crawler(_spider(asked))
    except KeyError as error:
        raise _Unusable(str(error.args[0])) from error
    from crawler.runs import RunKeeper

    crawl = process.crawl(
        crawler,
        since=asked.since,
        until=asked.until,
        limit=asked.limit,
        again="yes" if asked.again else None,
        run_id=asked.run_id,
        started_by=asked.started_by,
        **_of_archives(asked),
    )
    process.start()
    keeper = crawler.get_extension(RunKeeper) if crawler._extensions is not None else None
    problem = crawl.exception() if crawl.done() and not crawl.cancelled() else None
    if problem is not None:
        print(f"{asked.source}: could not start: {type(problem).__name__}: {problem}", file=sys.stderr)
        return FAILED
    if keeper is None:
        return FAILED
    if keeper.refused is not None:
        return IN_PROGRESS
    if keeper.interrupted and keeper.error is None:
        return INTERRUPTED
    return FINISHED if keeper.outcome in ("finished", "stopped") else FAILED


def leave(code: int) -> NoReturn:
    """End this process at once, when its crawl has ended.

    Taking the interpreter apart takes a second, more than many a crawl. Nothing waits for it: run, database
    and captures were closed with the crawl.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _spider(asked: argparse.Namespace) -> Any:  # noqa: ANN401 - a name, or a spider's class
    if asked.origin == "live":
        return asked.source
    from crawler.source import crawled_sources
    from crawler.spiders.archive import archive_spider_for

    source = crawled_sources().get(asked.source)
    if source is None:
        raise KeyError(f"no source {asked.source!r}; there are: {', '.join(crawled_sources())}")
    return archive_spider_for(source)


def _of_archives(asked: argparse.Namespace) -> dict[str, str | None]:
    if asked.origin == "live":
        return {}
    return {"captured_until": asked.captured_until, "most_texts": asked.most_texts}


if __name__ == "__main__":
    leave(main())
