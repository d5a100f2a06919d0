"""Requests are read up to a limit: uvicorn's fast reader of HTTP gathers address and headers without end."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 64 * 1024
"""Of the first line and the headers of a request, about: what arrives together is looked at together."""


class LimitedHeads(HttpToolsProtocol):
    """Reads requests as uvicorn does; one whose address and headers do not end is refused."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as uvicorn gives it
        super().__init__(*given, **named)
        self._in_head = True
        self._gathered = 0

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self.transport.is_closing():
            return
        self._gathered += len(data)
        super().data_received(data)
        if not self._in_head:
            self._gathered = 0
        elif self._gathered > MOST_BYTES and not self.transport.is_closing():
            self.send_400_response(f"Expected an address and headers of at most {MOST_BYTES} bytes.")

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """See httptools."""
        super().on_message_complete()
        self._in_head, self._gathered = True, 0
