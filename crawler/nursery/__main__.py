"""The nursery: `python -m crawler.nursery DESCRIPTOR MODULE...`, started by whoever starts crawls."""

from __future__ import annotations

import socket
import sys

from crawler.nursery.child import Birth, live
from crawler.nursery.server import serve


def main() -> None:
    """Fork until whoever asks is gone; in a child, the crawl that was asked for."""
    descriptor, *modules = sys.argv[1:]
    with socket.socket(fileno=int(descriptor)) as connection:
        born: Birth | None = serve(connection, modules)
    if born is not None:
        code = live(born)

        from crawler.run import leave

        leave(code)


if __name__ == "__main__":
    main()
