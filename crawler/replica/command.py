"""The replica's command line: serve, say what to set, and end cleanly."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from crawler.replica.faults import FaultKind
from crawler.replica.replica import SMALL_PAGE, Replica
from crawler.replica.server import Logged
from crawler.replica.world import DEFAULT_END

_EXAMPLE = """example:
  python -m tests.replica --releases 4000 --seed 7 --fault 429@www.gob.mx:/sre/:3
  then set the printed variables in another shell and run: communique crawl mx_sre
kinds of fault: """ + ", ".join(FaultKind)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.replica",
        description="A loopback web of made-up releases under the host names of real sites.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--releases", type=int, default=500, help="how many true releases there are (500)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same web (7)")
    parser.add_argument(
        "--end", type=date.fromisoformat, default=DEFAULT_END, help=f"last day of the history ({DEFAULT_END})"
    )
    parser.add_argument(
        "--page-size", type=int, default=SMALL_PAGE, help=f"bytes of a page, about ({SMALL_PAGE})"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port with TLS; the next one is without (free ports)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND@HOST[:PATH-REGEX][:TIMES]",
        help="misbehave; repeatable",
    )
    parser.add_argument(
        "--truth", type=Path, metavar="FILE", help="write the true statements there, as JSON lines"
    )
    parser.add_argument(
        "--log", type=Path, metavar="FILE", help="write every request there; - is standard error"
    )
    chosen = parser.parse_args(arguments)
    log = None
    if chosen.log is not None:
        log = sys.stderr if str(chosen.log) == "-" else chosen.log.open("w", encoding="utf-8", buffering=1)

    def note(logged: Logged) -> None:
        if log is not None:
            print(logged.line(), file=log)

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        replica = Replica(
            chosen.releases,
            chosen.seed,
            faults=chosen.fault,
            page_size=chosen.page_size,
            end=chosen.end,
            port=chosen.port,
            note=note if log is not None else None,
        )
    except ValueError as error:
        parser.error(str(error))
    if chosen.truth is not None:
        with chosen.truth.open("w", encoding="utf-8") as truth:
            truth.writelines(f"{line}\n" for line in replica.truth.lines())
    try:
        with replica:
            for name, value in replica.environment.items():
                print(f"{name}={value}")
            sys.stdout.flush()
            ended.wait()
    except OSError as error:
        print(f"the replica cannot serve: {error} (choose another --port)", file=sys.stderr)
        return 1
    finally:
        if log is not None and log is not sys.stderr:
            log.close()
    return 0
