"""The nursery: `python -m crawler.nursery DESCRIPTOR MODULE...`, started by whoever starts crawls."""

from __future__ import annotations

import socket
import sys

from crawler.nursery.child import Birth, live
from crawler.nursery.server import serve


def main() -> int:
    """Fork until whoever asks is gone; in a child, the crawl that was asked for."""
    descriptor, *modules = sys.argv[1:]
    with socket.socket(fileno=int(descriptor)) as connection:
        born: Birth | None = serve(connection, modules)
    return 0 if born is None else live(born)


if __name__ == "__main__":
    sys.exit(main())
