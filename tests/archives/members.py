"""A memento as a record of the WARC store."""

from __future__ import annotations

import io

from crawler.archives.memento import Memento
from storage.warc import members
from storage.warc_members import response_member


def member_content(memento: Memento) -> bytes:
    """The content of the one record that the store would write."""
    member = response_member("run", memento.capture, memento.raw_body)
    (whole,) = members(io.BytesIO(member), "a.warc.gz")
    return whole.content
