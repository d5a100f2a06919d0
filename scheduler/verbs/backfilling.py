"""`backfill`: the history of sources, from their sites and from archives of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.names import check_names
from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
    read_day,
)
from scheduler.screen import Refusal, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.archives.budget import Pace
    from crawler.items import Origin
    from crawler.source import Source
    from scheduler.backfill.plan import Part, Wish
    from scheduler.backfill.work import Outcome
    from scheduler.options import Place
    from storage.backfills import Proof
    from storage.database import Database

INTERRUPTED = 3
UNACCOUNTED = 5
"""Exit code when the index showed something of which nothing says what became of it."""


COMMON_CRAWL = "commoncrawl"
"""Origin that is taken in as a WARC: see `captures fetch`."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "backfill",
        epilog=ending(
            "communique backfill mexidata --since 2006-01-01 --until 2018-12-31 --plan",
            "communique backfill mx_sre us_state --since 2010-01-01 --until 2018-12-31 --origin live,wayback",
            "communique backfill mx_sre --since 2010-01-01 --archive http://localhost:8080/collection",
            codes=(
                "0 everything is accounted for and nothing is left to ask, 1 some windows or addresses could "
                "not be had: the same command tries them again, 2 wrong usage, 3 interrupted: the same "
                "command goes on, 5 something is not accounted for"
            ),
        ),
    )(backfill)


def backfill(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Names, as `communique sources` lists them.", show_default=False
        ),
    ],
    since: SinceOption = None,
    until: UntilOption = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--origin",
            metavar="ORIGIN,...",
            help="Where to look, in this order: live, wayback; or commoncrawl alone. Left out: as each "
            "definition says.",
            show_default=False,
        ),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive",
            metavar="URL",
            help="Another archive than the Wayback Machine, with URL/cdx and URL/TIMESTAMPid_/ADDRESS "
            "as pywb has them (or COMMUNIQUE_ARCHIVE).",
            show_default=False,
        ),
    ] = None,
    captured_until: Annotated[
        date | None,
        typer.Option(
            "--captured-until",
            metavar="DAY",
            help="Last day of an archive's captures that are looked at; left out: a year after --until.",
            parser=read_day,
            show_default=False,
        ),
    ] = None,
    most_texts: Annotated[
        int | None,
        typer.Option(
            "--most-texts",
            min=1,
            metavar="N",
            help="Most different texts of one address that are asked of an archive (12).",
            show_default=False,
        ),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only show what would be asked for, and what it costs.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Ask archives also for addresses that are kept from the site itself."),
    ] = False,
    link: Annotated[
        bool,
        typer.Option(
            "--link/--no-link",
            help="Compare what is new with what is stored at the end, or leave it to `communique link run`.",
        ),
    ] = True,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Sources at the same time.")
    ] = 2,
    queue: Annotated[
        bool,
        typer.Option("--queue", help="Leave each source to the workers of this database: communique worker."),
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill the holes in the history of sources, and prove that nothing was lost on the way.

    Shows first which days are missing and what asking for them costs in requests and hours. What is covered
    already is not asked for again; what was begun goes on where it stopped, after Ctrl-C or a kill as well:
    give the same command again. At the end every address that the indexes showed is stored, skipped, held,
    failed or gone, each with a reason, or waits; the sums must agree.
    """
    check_window(since, until)
    place = place_of(context, data, database, as_json)
    chosen = _sources(sources)
    if queue:
        if plan:
            raise typer.BadParameter("expected --plan or --queue, found both")
        given = {
            "--since": since, "--until": until, "--origin": origin, "--archive": archive,
            "--captured-until": captured_until, "--most-texts": most_texts,
        }  # fmt: skip
        words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
        wish = (
            _wish(chosen, since, until, origin, archive, captured_until) if origin != COMMON_CRAWL else None
        )
        _defer(place, chosen, wish, [*words, "--no-link", *(["--again"] if again else [])])
        return
    if origin == COMMON_CRAWL:
        if plan:
            raise typer.BadParameter(
                "only asking Common Crawl tells what it has: communique captures fetch --limit"
            )
        from scheduler.verbs.fetching import fetch_and_take_in

        raise typer.Exit(max(fetch_and_take_in(place, each.name, since, until, [], None) for each in chosen))
    wish = _wish(chosen, since, until, origin, archive, captured_until)

    from scheduler.backfill.plan import hours, open_up, parts_of

    store = place.open()
    try:
        pace = _pace(wish)
        with store.database.read() as connection:
            parts = {each.name: parts_of(connection, each, wish, pace) for each in chosen}
        every = [part for mine in parts.values() for part in mine]
        _show_plan(every, hours(every), place)
        if plan:
            return
        with store.database.write() as connection:
            for part in every:
                open_up(connection, part, wish)

        from scheduler.backfill.progress import bars
        from scheduler.backfill.work import work
        from scheduler.crawl import Crew
        from scheduler.linker import Linked, link_what_waits, say_linked

        environment = {"COMMUNIQUE_ARCHIVE": archive} if archive else {}
        crew = Crew(place.data, store.database, place.database, environment, jobs=jobs)
        with bars(list(parts)) as watch:
            outcomes = work(parts, wish, crew, watch, again=again, most_texts=most_texts)
        interrupted = any(each.interrupted or not each.begun for each in outcomes)
        linked = Linked() if interrupted or not link else link_what_waits(store.database)
        proofs = _prove(store.database, chosen, wish)
    finally:
        store.close()
    _show_proofs(proofs, place)
    _say_problems(outcomes, proofs)
    say_linked(linked)
    raise typer.Exit(_code(outcomes, proofs))


def _defer(place: Place, sources: Sequence[type[Source]], wish: Wish | None, options: Sequence[str]) -> None:
    """A job for each source, under the lock of its host: the same command, which goes on where it stopped.

    What takes longest is begun first; without a wish nothing is known of that.
    """
    from scheduler.workers.app import NoQueue, refuse_sqlite
    from scheduler.workers.deferring import BACKFILL, lock_of, longest_first
    from scheduler.workers.placing import defer_commands
    from storage.database import Database

    try:
        refuse_sqlite(Database(place.url))
    except NoQueue as error:
        raise Refusal(str(error)) from None
    names = [each.name for each in sources]
    if wish is not None and len(names) > 1:
        names = longest_first(_seconds(place, sources, wish))
    defer_commands(
        place,
        {name: ["backfill", name, *options] for name in names},
        queue=BACKFILL,
        locks={name: lock_of(name) for name in names},
    )


def _seconds(place: Place, sources: Sequence[type[Source]], wish: Wish) -> dict[str, float]:
    """How long each source will take, as planned."""
    from scheduler.backfill.plan import parts_of

    store, pace = place.open(), _pace(wish)
    try:
        with store.database.read() as connection:
            return {
                each.name: sum(part.cost.seconds for part in parts_of(connection, each, wish, pace))
                for each in sources
            }
    finally:
        store.close()


def _sources(names: list[str]) -> list[type[Source]]:
    from crawler.source import crawled_sources

    known = crawled_sources()
    check_names("source", names, known)
    return [known[name] for name in dict.fromkeys(names)]


def _wish(
    sources: Sequence[type[Source]],
    since: date | None,
    until: date | None,
    origin: str | None,
    archive: str | None,
    captured_until: date | None,
) -> Wish:
    from datetime import UTC, datetime

    from crawler.archives.archive import archive_at
    from crawler.settings import environment_now
    from scheduler.backfill.plan import LATE, Wish

    today = datetime.now(UTC).date()
    first = since or min(each.archive_from for each in sources)
    last = min(until or today, today)
    if first > last:
        raise typer.BadParameter(f"expected --since on or before today, found {first}")
    try:
        where = archive_at(archive or environment_now().archive)
    except ValueError as error:
        raise typer.BadParameter(f"--archive: {error}") from None
    taken = min(captured_until or last + LATE, today)
    if taken < first:
        raise typer.BadParameter(f"expected --captured-until on or after --since ({first}), found {taken}")
    return Wish(first, last, _origins(origin), where, taken)


def _origins(text: str | None) -> tuple[Origin, ...] | None:
    from crawler.items import Origin

    if text is None:
        return None
    known = {"live": Origin.LIVE, "wayback": Origin.WAYBACK}
    names = [each.strip() for each in text.split(",") if each.strip()]
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"--origin: no origin {name!r}. There are: {', '.join(known)}")
    if not names:
        raise typer.BadParameter("--origin: expected names such as live,wayback, found none")
    return tuple(known[name] for name in dict.fromkeys(names))


def _pace(wish: Wish) -> Pace:
    from crawler.archives.budget import pace_of
    from crawler.mappings import read_mappings
    from crawler.settings import environment_now

    try:
        environment = environment_now()
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    mapped = wish.archive.host in {host for host, _ in read_mappings(environment.connect_to)}
    return pace_of(wish.archive, environment.index_calls, environment.replays, mapped=mapped)


def _show_plan(parts: Sequence[Part], hours: float, place: Place) -> None:
    if place.json:
        for part in parts:
            write_json({"plan": part})
        write_json({"plan_total": _total(parts, hours)})
        return
    from scheduler.backfill.progress import duration

    shown = table(
        "source", "origin", "days", "covered", "windows", "index requests", "pages", "time",
        right=("days", "covered", "windows", "index requests", "pages", "time"),
    )  # fmt: skip
    for part in parts:
        shown.add_row(
            part.source,
            f"{part.origin.value} {part.archive}".strip() if part.archive else part.origin.value,
            str(part.days),
            str(part.covered),
            str(len(part.windows)),
            str(part.cost.index_requests),
            f"{part.waiting} known, about {part.cost.pages}" if part.waiting else f"about {part.cost.pages}",
            duration(part.cost.seconds),
        )
    out().print(shown)
    total = _total(parts, hours)
    requests, time = total["requests"], duration(hours * 3600)
    if not requests:
        say("Nothing is left to be asked for.")
        return
    say(
        f"Together about {requests} requests in {time}, hosts side by side. Pages are estimated by what "
        "each definition expects a week, until an index has shown them."
    )


def _total(parts: Sequence[Part], hours: float) -> dict[str, float]:
    requests = sum(part.cost.index_requests + part.cost.pages for part in parts)
    return {"requests": requests, "hours": round(hours, 2)}


def _prove(database: Database, sources: Sequence[type[Source]], wish: Wish) -> list[Proof]:
    from storage.backfills import prove

    with database.read() as connection:
        return [
            prove(connection, each.name, wish.since, wish.until, wish.archive.name, wish.captured_until)
            for each in sources
        ]


def _show_proofs(proofs: Sequence[Proof], place: Place) -> None:
    if place.json:
        for proof in proofs:
            write_json({"proof": proof})
        return
    columns = (
        "windows",
        "addresses",
        "stored",
        "skipped",
        "held",
        "failed",
        "gone",
        "pending",
        "unaccounted",
    )
    shown = table(
        "source", *columns, title="What became of every address that the indexes showed", right=columns
    )
    for proof in proofs:
        shown.add_row(
            proof.source,
            f"{proof.windows - proof.windows_open}/{proof.windows}",
            *(str(getattr(proof, name)) for name in columns[1:]),
        )
    out().print(shown)
    for proof in proofs:
        for what, why in (("skipped", proof.skipped_why), ("failed", proof.failed_why)):
            words = ", ".join(f"{number} {reason}" for reason, number in list(why.items())[:6])
            if words:
                say(f"{proof.source} {what}: {words}")
        if proof.shown:
            spread = ", ".join(f"{number} {state}" for state, number in sorted(proof.captures.items()))
            say(
                f"{proof.source} archive: {proof.shown} captures shown = {proof.ours} of releases + "
                f"{proof.repeated} repeated + {proof.others} of other pages; of releases: {spread}"
            )


def _say_problems(outcomes: Sequence[Outcome], proofs: Sequence[Proof]) -> None:
    for outcome in outcomes:
        for failure in outcome.failures:
            say(f"{outcome.source}: {failure}", style="red")
        if outcome.interrupted or not outcome.begun:
            say(f"{outcome.source}: interrupted; the same command goes on", style="yellow")
    for proof in proofs:
        if proof.unaccounted:
            say(f"{proof.source}: {proof.unaccounted} not accounted for", style="red")


def _code(outcomes: Sequence[Outcome], proofs: Sequence[Proof]) -> int:
    if any(proof.unaccounted for proof in proofs):
        return UNACCOUNTED
    if any(each.interrupted or not each.begun for each in outcomes):
        return INTERRUPTED
    if any(each.failures for each in outcomes) or any(each.pending or each.windows_open for each in proofs):
        return 1
    return 0
