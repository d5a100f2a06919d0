"""What an error on the way to a page means for its address: kind and words. Pure."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from crawler.browser import RenderingFailed
from crawler.guard import RefusedAddress
from crawler.items import FailureKind
from crawler.middlewares.captures import TooLarge, Truncated, Undecodable
from crawler.middlewares.robots import ForbiddenByRobots

_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FailureKind], ...] = (
    (RefusedAddress, FailureKind.REFUSED_ADDRESS),
    (ForbiddenByRobots, FailureKind.ROBOTS),
    (RenderingFailed, FailureKind.NETWORK),
    (TooLarge, FailureKind.TOO_LARGE),
    # Scrapy cancels a download for one reason only: it grew past DOWNLOAD_MAXSIZE.
    (DownloadCancelledError, FailureKind.TOO_LARGE),
    (Undecodable, FailureKind.UNREADABLE),
    (
        (
            Truncated,
            ResponseDataLossError,
            DownloadTimeoutError,
            CannotResolveHostError,
            DownloadConnectionRefusedError,
            DownloadFailedError,
            ConnectError,
            ConnectionDone,
            ConnectionLost,
        ),
        FailureKind.NETWORK,
    ),
)


def failure_of(error: BaseException) -> tuple[FailureKind, str]:
    """Kind and words for an error; what is not foreseen is a defect of ours (STAGE)."""
    kind = next((kind for types, kind in _KINDS if isinstance(error, types)), None)
    text = str(error).strip()
    if kind is FailureKind.TOO_LARGE and not text:
        text = "the body grew past DOWNLOAD_MAXSIZE and was cut off"
    elif isinstance(error, ResponseDataLossError):
        text = "the body ends before the length that was announced"
    elif isinstance(error, DownloadConnectionRefusedError | ConnectError) and not text:
        text = "no connection"
    if kind is None and isinstance(error, IgnoreRequest):
        kind = FailureKind.HTTP  # redirects without end: Scrapy's own reason to ignore a request
    if kind is None:
        return FailureKind.STAGE, f"{type(error).__name__}: {text}"
    return kind, text or type(error).__name__


class IndexFailure(Exception):
    """An index cannot be followed further: kind, and words that name its address."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail
