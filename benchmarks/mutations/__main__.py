"""Break every sample in every way and print what was caught: `python -m benchmarks.mutations`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict

from benchmarks.mutations.breaks import breaks_of
from benchmarks.mutations.verdicts import judge
from scheduler.samples import all_samples


def main() -> None:
    """Run, print shares by kind of break, and the escapes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutations", description=__doc__)
    parser.add_argument("sources", nargs="*", help="names of sources (all)")
    parser.add_argument("--kind", help="only breaks whose kind holds this text")
    parser.add_argument("--escapes", type=int, default=1_000_000, metavar="N", help="most escapes to print")
    given = parser.parse_args()
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    escapes: list[str] = []
    for sample in all_samples():
        if given.sources and sample.source.name not in given.sources:
            continue
        for broken in breaks_of(sample):
            if given.kind and given.kind not in broken.kind:
                continue
            verdict = judge(broken)
            outcomes[broken.kind][verdict.outcome if verdict.caught else "ESCAPED"] += 1
            if not verdict.caught:
                escapes.append(
                    f"{broken.name}\n    {verdict.outcome}\n    " + "\n    ".join(verdict.wrong[:4])
                )
        if sys.stderr.isatty():
            print(f"\r{sample.name:60}", end="", file=sys.stderr)
    for line in escapes[: given.escapes]:
        print(line)
    tried = caught = 0
    for kind, counts in sorted(outcomes.items()):
        number, missed = sum(counts.values()), counts["ESCAPED"]
        print(f"{kind:32} {number:5}  caught {(number - missed) / number:7.2%}  {dict(counts.most_common())}")
        if "control" not in kind:
            tried, caught = tried + number, caught + number - missed
    print(f"{'all':32} {tried:5}  caught {caught / max(tried, 1):7.2%}")


if __name__ == "__main__":
    main()
