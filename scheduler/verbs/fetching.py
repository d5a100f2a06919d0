"""What `captures fetch` does: a child process gets records out of Common Crawl, then they are taken in."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from scheduler.options import Place
from scheduler.screen import Refusal, say, write_json

FAILED, INTERRUPTED, BUSY = 1, 3, 4
NAMED = 5
"""Up to so many records that could not be got are named."""


def fetch_and_take_in(
    place: Place, source: str, since: date | None, until: date | None, crawls: list[str], limit: int | None
) -> int:
    """Get the captures, take them in, say what became of them; the exit code."""
    from crawler.frontier import RunInProgress
    from crawler.items import Origin
    from crawler.settings import environment_now
    from crawler.source import registry
    from scheduler.ingest import Fate, Intake, Wish
    from scheduler.linker import link_what_waits, say_linked
    from scheduler.saved import Form, SavedFile
    from scheduler.verbs.ingesting import Told

    environment = environment_now()
    if not environment.contact and not environment.connect_to:
        raise Refusal("Common Crawl could not tell who asks: set COMMUNIQUE_CONTACT to a mail address or URL")
    folder = place.data / "commoncrawl" / source
    folder.mkdir(parents=True, exist_ok=True)
    index, data = environment.common_crawl
    told = _fetched(
        place,
        folder,
        {
            "source": source,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "crawls": crawls,
            "limit": limit,
            "index": index,
            "data": data,
        },
    )
    store = place.open()
    shown = Told()
    try:
        with Intake(
            store,
            Wish(registry()[source], origin=Origin.COMMONCRAWL),
            write_json if place.json else shown.add,
        ) as intake:
            if told["got"]:
                intake.take(SavedFile(folder / "found.warc.gz", Form.WARC))
        linked = link_what_waits(store.database)
    except RunInProgress as error:
        raise Refusal(f"{error} What was got waits in {folder}.", BUSY) from None
    except KeyboardInterrupt:
        say("Interrupted. Begin again with the same command: what was got is kept.", "yellow")
        return INTERRUPTED
    finally:
        store.close()
    whole = told["ended"] == "finished" and not told["failed"] and not intake.counts[Fate.FAILED]
    if told["ended"] == "finished":
        for name in ("found.warc.gz", "state.json", "order.json"):
            # All of it lies in the captures now.
            (folder / name).unlink(missing_ok=True)
    shown.show()
    say(
        f"{source}: {len(told['crawls'])} crawls of Common Crawl show {told['shown']} captures, "
        f"{told['wanted']} of them of different texts; {len(told['got'])} got"
    )
    for each in told["failed"][:NAMED]:
        say(f"not got: {each}", "red")
    if told.get("error"):
        say(f"{source}: {told['error']}", "red")
    say_linked(linked)
    return 0 if whole else FAILED


def _fetched(place: Place, folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """What the child tells when it has ended."""
    from crawler.children import exit_in_words
    from crawler.settings import environment_with

    state = folder / "state.json"
    (folder / "order.json").write_text(json.dumps(order), "utf-8")
    if state.exists():
        # What it told the last time it tells anew; what it got it keeps.
        kept = json.loads(state.read_text("utf-8"))
        state.write_text(json.dumps({"got": kept.get("got", {})}), "utf-8")
    log = place.data / "logs" / f"commoncrawl-{order['source']}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        done = subprocess.run(  # noqa: S603 - our own module; the order is a file of ours
            [sys.executable, "-m", "scheduler.common_crawl", str(folder / "order.json")],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment_with(
                {"COMMUNIQUE_DATA": str(place.data), "COMMUNIQUE_DATABASE": place.database or ""}
            ),
            check=False,
        )
    told: dict[str, Any] = json.loads(state.read_text("utf-8")) if state.exists() else {}
    if "ended" not in told:
        how = exit_in_words(done.returncode)
        raise Refusal(
            f"{order['source']}: the fetch ended without a word ({how}); log: {log}. "
            "The same command goes on where it was."
        )
    return told
