"""A writer: `python -m pipelines.writing DESCRIPTOR PARENT`, started by a crawl and by nobody else."""

from __future__ import annotations

import sys

from crawler.children import ignore_what_a_terminal_sends
from crawler.cycles import collect_nothing

if __name__ == "__main__":
    ignore_what_a_terminal_sends()
    collect_nothing()

    from pipelines.writing.child import serve

    sys.exit(serve(*(int(each) for each in sys.argv[1:3])))
