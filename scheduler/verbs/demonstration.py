"""`demo`: the whole way of the data in a minute, without internet."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.options import DataOption, JsonOption, place_of
from scheduler.screen import Refusal, say, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from scheduler.crawl import Report
    from scheduler.demo import Comparison
    from scheduler.options import Place

SHOWN = 15
"""Statements in the table at the end: those with most versions first."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "demo",
        epilog=ending(
            "communique demo",
            "communique demo --releases 2000 --seed 11 --data ./demo",
            codes=(
                "0 every statement was found as it is, 1 something differs or a crawl failed: shown, "
                "2 wrong usage, 3 interrupted"
            ),
        ),
    )(demo)


def demo(
    context: typer.Context,
    releases: Annotated[
        int, typer.Option("--releases", min=1, max=100_000, metavar="N", help="Releases to make up.")
    ] = 500,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another seed, another world.")] = 7,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl a replica of eight sites on this machine, and compare what was found with what is true.

    Needs no internet: made-up sites are served on loopback, everything else is the real thing. Without
    --data a new folder under the system's temporary folder is used, kept, and named at the end.
    """
    place = _place(context, data, as_json)

    from crawler.replica import Replica
    from scheduler.crawl import Crew
    from scheduler.demo import compare, crawl_replica, demo_sources
    from scheduler.linker import link_what_waits, say_linked
    from scheduler.progress import bars
    from scheduler.verbs.crawling import exit_code, show_problems
    from storage.statements import StatementQuery, find_statements

    names = demo_sources()
    world = World(releases, seed)
    _refuse_real_data(place)
    _keep_to_one_world(place, world)
    say(f"{releases} made-up releases on {len(names)} sites, served on 127.0.0.1; kept in {place.data}")
    store = place.open()
    try:
        with Replica(releases=releases, seed=seed) as replica:
            crew = Crew(place.data, store.database, place.database, replica.environment)
            with bars(names) as watch:
                reports = crawl_replica(names, crew, watch)
            code = exit_code(len(names), reports)
            if code == 3:
                show_problems(names, reports)
                raise typer.Exit(3)
            linked = link_what_waits(store.database)
            with store.database.read() as connection:
                views = list(find_statements(connection, StatementQuery()))
            comparison = compare(replica.truth, views)
    finally:
        store.close()
    if place.json:
        write_json(_summary(place, releases, seed, reports, comparison))
    else:
        from scheduler.verbs.statements import show_table

        views.sort(key=lambda view: (-len(view.releases), -view.said_on.toordinal(), view.id))
        show_table(
            views[:SHOWN],
            title=f"{min(SHOWN, len(views))} of {len(views)} statements, those with most versions",
        )
    show_problems(names, reports)
    say_linked(linked)
    _say_comparison(comparison)
    _say_next(place, world, views[0].id if views else None)
    raise typer.Exit(0 if comparison.equal and code == 0 else 1)


def _place(context: typer.Context, data: Path | None, as_json: bool) -> Place:
    from dataclasses import replace

    from scheduler.options import Given

    given = context.find_object(Given) or Given()
    if given.database is not None:
        raise Refusal("the demo keeps its database in its own folder; leave --database away", 2)
    folder = data or given.data
    if folder is None:
        # Never the data folder of the environment: made-up releases do not belong among real ones.
        folder = Path(tempfile.mkdtemp(prefix="communique-demo-"))
    return replace(place_of(context, folder, None, as_json), database=None)


@dataclass(frozen=True, slots=True)
class World:
    """Which made-up world a demo folder holds."""

    releases: int
    seed: int

    def options(self) -> str:
        """The options that make this world again."""
        return f"--releases {self.releases} --seed {self.seed}"


def _keep_to_one_world(place: Place, world: World) -> None:
    """Two worlds in one folder would be neither; the first one is noted in it."""
    note = place.data / "demo.json"
    if note.exists():
        found = World(**json.loads(note.read_text(encoding="utf-8")))
        if found != world:
            raise Refusal(
                f"{place.data} holds the world of {found.options()}, asked for is {world.options()}. "
                "Ask for the same one, or name another folder with --data.",
                2,
            )
        return
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(asdict(world)) + "\n", encoding="utf-8")
    except OSError as error:
        raise Refusal(
            f"data folder {place.data}: cannot be written ({error.strerror}); name another with --data"
        ) from None


def _refuse_real_data(place: Place) -> None:
    """Made-up releases do not belong among real ones."""
    from storage.runs import find_runs

    with place.database_at() as database:
        if database.revision() is None:
            return
        database.upgrade()
        with database.read() as connection:
            # What is read again was fetched by another run.
            ours = ("demo", "reread")
            others = [run for run in find_runs(connection, limit=1000) if run.started_by not in ours]
    if others:
        raise Refusal(
            f"expected an empty folder, or one of an earlier demo, found {place.data} with a run of "
            f"{others[0].source} by {others[0].started_by}: made-up releases do not belong among real ones. "
            "Name another folder with --data, or leave it away.",
            2,
        )


def _summary(
    place: Place, releases: int, seed: int, reports: list[Report], comparison: Comparison
) -> dict[str, object]:
    return {
        "data": place.data,
        "releases": releases,
        "seed": seed,
        "equal": comparison.equal,
        "true_statements": comparison.true_statements,
        "true_releases": comparison.true_releases,
        "found_statements": comparison.found_statements,
        "found_releases": comparison.found_releases,
        "exact_statements": comparison.exact,
        "translations_alone": comparison.alone,
        "differences": list(comparison.differences),
        "crawls": reports,
    }


def _say_comparison(comparison: Comparison) -> None:
    from scheduler.demo import EXAMPLES

    counts = (
        f"{comparison.found_releases} of {comparison.true_releases} releases, "
        f"{comparison.exact} of {comparison.true_statements} statements exactly as they are"
    )
    if comparison.alone:
        say(
            f"{comparison.alone} translations name no original, and their content alone did not tell it for "
            "certain. They stand as statements of their own; communique review asks about them."
        )
    if comparison.equal:
        say(f"Found what is true: {counts}.", "bold green")
        return
    say(f"Not what is true: {counts}; {comparison.found_statements} statements were found.", "bold red")
    for what in dict.fromkeys(each.what for each in comparison.differences):
        some = [each for each in comparison.differences if each.what == what]
        say(f"  {what}: {len(some)}")
        for each in some[:EXAMPLES]:
            say(f"    {each.words}")


def _say_next(place: Place, world: World, statement: str | None) -> None:
    from crawler.replica.world import DEFAULT_END

    options = place.options()
    say("Next:")
    say(f"  communique statements {options} --issuer mx.sre --limit 10", whole=True)
    if statement is not None:
        say(f"  communique show {options} {statement}", whole=True)
    # Its sites fell silent then, and that is what health tells.
    say(f"  communique status {options}    # the made-up news ends on {DEFAULT_END}", whole=True)
    say(f"  communique demo {options} {world.options()}    # again: nothing new", whole=True)
