"""Follows redirects; where we come from is nobody's business.

With REFERER_ENABLED off, Scrapy's own middleware warns at every start that it finds no middleware to make
a Referer with. Here none is wanted.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response


class Redirects(RedirectMiddleware):
    """Scrapy's redirects without a Referer header."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """No Referer, also where a spider set one for the first address."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Nothing to look for."""
