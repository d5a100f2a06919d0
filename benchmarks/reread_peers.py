# mypy: ignore-errors
"""Stored pages read by a peer, in the peer's own environment; called by `benchmarks.reread`.

    PEER/bin/python benchmarks/reread_peers.py news-please|fundus pages.jsonl

Imports nothing of ours. One line of JSON for each page (title, date, text), and one with the seconds.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Page = dict[str, Any]

MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre")
MONTHS = (*MONTHS, "octubre", "noviembre", "diciembre")
SPANISH = re.compile(rf"(\d{{1,2}}) de ({'|'.join(MONTHS)}) de (\d{{4}})")


def _news_please() -> Callable[[Page], tuple[Any, Any, Any]]:
    from newsplease import NewsPlease

    def read(page: Page) -> tuple[Any, Any, Any]:
        article = NewsPlease.from_html(page["html"], page["url"])
        return article.title, article.date_publish, article.maintext

    return read


def _fundus() -> Callable[[Page], tuple[Any, Any, Any]]:
    """Parsers for the two sites, written as Fundus's own are."""
    from datetime import datetime
    from typing import Optional

    from fundus.parser import ArticleBody, BaseParser, attribute
    from fundus.parser.utility import extract_article_body_with_selector, generic_date_parsing
    from lxml.cssselect import CSSSelector

    def made(paragraphs: str, date: str) -> Any:  # noqa: ANN401 - a parser of theirs
        class Parser(BaseParser):
            _paragraph_selector = CSSSelector(paragraphs)
            _date_selector = CSSSelector(date)
            _title_selector = CSSSelector("h1")

            @attribute
            def body(self) -> Optional[ArticleBody]:  # noqa: UP045 - their decorator asks for it
                return extract_article_body_with_selector(
                    self.precomputed.doc, paragraph_selector=self._paragraph_selector
                )

            @attribute
            def publishing_date(self) -> Optional[datetime]:  # noqa: UP045
                found = self._date_selector(self.precomputed.doc)
                text = found[0].text_content().replace("Release Date:", "") if found else ""
                if spanish := SPANISH.search(text):
                    text = f"{spanish[3]}-{MONTHS.index(spanish[2]) + 1:02}-{int(spanish[1]):02}"
                return generic_date_parsing(text.strip())

            @attribute
            def title(self) -> Optional[str]:  # noqa: UP045
                found = self._title_selector(self.precomputed.doc)
                return found[0].text_content().strip() if found else None

        return Parser()

    parsers = {
        "www.dhs.gov": made("div.field--name-body p", "div.news-release-date-block"),
        "www.gob.mx": made("div.article-body p", "section > p, section.border-box dl dd"),
    }

    def read(page: Page) -> tuple[Any, Any, Any]:
        said = parsers[urlsplit(page["url"]).hostname or ""].parse(page["html"], "suppress")
        body = said.get("body")
        return said.get("title"), said.get("publishing_date"), str(body) if body else None

    return read


def main() -> None:
    """Read every page, and say what was read and how long it took."""
    peer, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        pages = [json.loads(line) for line in file]
    read = {"news-please": _news_please, "fundus": _fundus}[peer]()
    read(pages[0])  # what is loaded at the first page is no reading
    told = []
    started = time.process_time()
    for page in pages:
        try:
            told.append(read(page))
        except Exception as error:  # noqa: BLE001 - a page that a peer cannot read
            told.append((None, None, f"{type(error).__name__}"))
    seconds = time.process_time() - started
    for title, date, text in told:
        day = date.strftime("%Y-%m-%d") if hasattr(date, "strftime") else None
        sys.stdout.write(json.dumps({"title": title, "day": day, "text": text}) + "\n")
    sys.stdout.write(json.dumps({"seconds": seconds}) + "\n")


if __name__ == "__main__":
    main()
