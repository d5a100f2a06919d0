"""One address, asked for once as a crawl asks: `python -m scheduler.fetch us_dhs https://... answer.json`.

The answer's file tells status, headers and time, or why there is none; the body lies beside it in `body`.
robots.txt, address guard, the program's own name, and limits of size and time are those of every crawl.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.items import Capture
from crawler.source import source_named
from crawler.spiders.failures import failure_of


class OneAddress(Spider):
    """Asks for one address and writes what came."""

    name = "one_address"

    def __init__(self, url: str, hosts: tuple[str, ...], answer: Path, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self.allowed_domains = list(hosts)
        self._url = url
        self._answer = answer

    async def start(self) -> AsyncIterator[Any]:
        """The one request."""
        yield Request(self._url, self.keep, errback=self.tell, dont_filter=True)

    def keep(self, response: Response) -> None:
        """Write the capture."""
        capture: Capture = response.meta["capture"]
        (self._answer.parent / "body").write_bytes(response.body)
        self._write(
            status=response.status,
            headers=[list(each) for each in capture.headers],
            captured_at=capture.captured_at.isoformat(),
            final_url=response.url if response.url != self._url else None,
        )

    def tell(self, failure: Failure) -> None:
        """Write why there is none."""
        error = failure.value
        kind, detail = failure_of(error if error is not None else RuntimeError("no error is known"))
        self._write(failure=kind, detail=detail)

    def _write(self, **told: object) -> None:
        self._answer.write_text(json.dumps(told), "utf-8")


def main() -> None:
    """Fetch as the command line says."""
    name, url, answer = sys.argv[1:]
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    process = AsyncCrawlerProcess(settings)
    process.crawl(OneAddress, url=url, hosts=source_named(name).hosts, answer=Path(answer))
    process.start()


if __name__ == "__main__":
    main()
