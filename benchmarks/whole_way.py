"""Pages a second of the whole way, beside a bare spider and beside the glued stack, in one run.

    python -m benchmarks.whole_way [--pages 2000] [--page-size 50000] [--rounds 3] [--without glued]

The contenders take turns (A B C A B C ...); what counts is the ratio within a round.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.replica_process import ROOT, Served, served

SOURCE = "mx_sre"


def run(contender: str, site: Served, folder: Path, addresses: Path) -> dict[str, Any]:
    """One crawl in a child process."""
    folder.mkdir()
    what = SOURCE if contender == "communique" else str(addresses)
    command = [sys.executable, "-m", "benchmarks.contenders", contender, what, str(folder)]
    environment = {**site.environment, "COMMUNIQUE_DATA": str(folder)}
    # Without compiled modules every start of a process compiles all that it imports.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not done.stdout.strip():
        sys.exit(f"{contender} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=6000, help="releases in the replica, all sources")
    parser.add_argument("--page-size", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--without", nargs="*", default=[])
    options = parser.parse_args()
    contenders = [name for name in ("bare", "communique", "glued") if name not in options.without]
    rounds: list[dict[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with served(options.releases, options.seed, options.page_size, folder) as site:
            addresses = folder / "addresses.txt"
            urls = [release["url"] for release in site.releases(SOURCE)]
            addresses.write_text("\n".join(urls))
            print(f"{len(urls)} pages of {SOURCE}, {options.page_size} bytes each, {options.rounds} rounds")
            for number in range(options.rounds):
                results = {
                    name: run(name, site, folder / f"{name}-{number}", addresses) for name in contenders
                }
                rounds.append(results)
                for name, result in results.items():
                    assert result["pages"] == len(urls), (name, result)
                    print(f"  round {number + 1}  {json.dumps(result)}", flush=True)
    for other in contenders:
        if other != "communique" and "communique" in contenders:
            ratios = [
                each["communique"]["pages_per_second"] / each[other]["pages_per_second"] for each in rounds
            ]
            print(
                f"communique / {other}: median {statistics.median(ratios):.2f} "
                f"(min {min(ratios):.2f}, max {max(ratios):.2f})"
            )


if __name__ == "__main__":
    main()
