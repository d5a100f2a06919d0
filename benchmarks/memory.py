"""Peak memory of one crawl, its reader included, at 1,000 and at 20,000 pages: it must be flat.

python -m benchmarks.memory [--sizes 1000 20000] [--page-size 50000]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.replica_process import served
from benchmarks.whole_way import SOURCE, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 20_000], help="pages of one source")
    parser.add_argument("--page-size", type=int, default=50_000)
    options = parser.parse_args()
    peaks: list[float] = []
    for pages in options.sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            with served(pages, 7, 1000, folder) as site:
                share = len(site.releases(SOURCE)) / pages
            with served(round(pages / share), 7, options.page_size, folder) as site:
                result = run("communique", site, folder / "data", folder / "unused")
        peaks.append(result["peak_mb"] + result["reader_peak_mb"] + result["writer_peak_mb"])
        print(json.dumps(result), flush=True)
    print(f"peak memory, largest over smallest size: {peaks[-1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
