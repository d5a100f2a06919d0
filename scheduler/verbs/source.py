"""`source show`, `check`, `capture`, `new`: what a maintainer of definitions needs."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.options import Given, JsonOption
from scheduler.screen import Refusal, cell, out, plain, say, table, write_json
from scheduler.verbs import ending, overriding

if TYPE_CHECKING:
    from crawler.source import Source
    from scheduler.contract import Check
    from scheduler.live import LiveReport

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `communique sources` lists it.")]
SamplesOption = Annotated[
    Path | None,
    typer.Option(
        "--samples",
        metavar="DIR",
        help="Folder of samples; a checkout has tests/samples.",
        show_default=False,
        file_okay=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        name="source",
        no_args_is_help=True,
        help="Look at one source, check it, write new ones; pause it, or crawl it more often.",
        epilog=ending("communique source show mx_sre", "communique source check"),
    )
    group.command(
        "show",
        epilog=ending("communique source show mx_sre", "communique source show mx_sre --json | jq .layouts"),
    )(show)
    group.command(
        "check",
        epilog=ending(
            "communique source check",
            "communique source check mx_sre us_dhs",
            "COMMUNIQUE_CONTACT=you@example.org communique source check mx_sre --live",
            codes="0 all as it must be, 1 something is not (the table says what), 2 wrong usage",
        ),
    )(check)
    group.command(
        "capture",
        epilog=ending(
            "communique source capture us_dhs https://www.dhs.gov/news/2026/11/20/one --case 2026-redesign",
            "communique source capture us_dhs https://www.dhs.gov/news/2026/11/20/one --file saved.html",
            codes="0 written, 1 not fetched or already there, 2 wrong usage",
        ),
    )(capture)
    group.command(
        "new",
        epilog=ending(
            "communique source new --name at_bmeia --title 'Foreign ministry of Austria' --issuer at.bmeia "
            "--languages de,en --timezone Europe/Vienna "
            "--listing 'https://www.bmeia.gv.at/presse?page={page}' --path 'presse/(?P<slug>[^/]+)'",
            codes="0 written, 1 already there or refused by the import, 2 wrong usage",
        ),
    )(new)
    overriding.add_to(group)
    app.add_typer(group)


def _source(name: str) -> type[Source]:
    from crawler.source import source_named

    try:
        return source_named(name)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from None


def _json(context: typer.Context, as_json: bool) -> bool:
    given = context.find_object(Given) or Given()
    return as_json or given.json


def _samples(folder: Path | None) -> Path:
    from scheduler.samples import SAMPLES

    found = folder or SAMPLES
    if not found.is_dir():
        raise Refusal(
            f"expected samples in {found}, found no such folder. An installed package has none: run this "
            "in a checkout of the project, or name its tests/samples with --samples."
        )
    return found


def show(context: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """Show all that a definition says: who speaks, how releases are found and read, what it rests on."""
    from scheduler.sheet import fact_sheet, lines_of

    sheet = fact_sheet(_source(name))
    if _json(context, as_json):
        write_json(sheet)
        return
    for line in lines_of(sheet):
        # A line of a sheet is never markup, and may be long (addresses, selectors).
        out().print(cell(line), soft_wrap=True)


def check(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Sources; none given: all.", show_default=False),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the site: one index and one release, politely.")
    ] = False,
    every_field: Annotated[bool, typer.Option("--fields", help="List the fields that pass, too.")] = False,
    samples: SamplesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check definitions on their samples, field by field; with --live, on the site itself.

    A live check obeys robots.txt and the definition's pace, fetches one page of an index and one release, and
    keeps nothing: it works in a folder of its own that is deleted afterwards.
    """
    from crawler.source import crawled_sources, registry

    wanted = [_source(each) for each in names or ()]
    if live:
        from scheduler.live import check_live

        reports = check_live(wanted or list(crawled_sources().values()))
        _show_live(reports, as_json=_json(context, as_json))
        raise typer.Exit(0 if all(each.passed for each in reports) else 1)

    from scheduler.contract import check_source

    folder = _samples(samples)
    checks = [each for source in wanted or registry().values() for each in check_source(source, folder)]
    _show_checks(checks, every_field=every_field, as_json=_json(context, as_json))
    raise typer.Exit(1 if any(each.problem for each in checks) else 0)


def _show_checks(checks: list[Check], *, every_field: bool, as_json: bool) -> None:
    failed = [each for each in checks if each.problem]
    if as_json:
        for each in checks:
            write_json(each)
        return
    totals = table("source", "checks", "failed", right=("checks", "failed"))
    for name in dict.fromkeys(each.source for each in checks):
        wrong = sum(each.source == name for each in failed)
        number = sum(each.source == name for each in checks)
        totals.add_row(name, str(number), cell(wrong or "-", "red" if wrong else "dim"))
    if not every_field:
        out().print(totals)
    if failed or every_field:
        shown = table("source", "sample", "field", "")
        for each in checks if every_field else failed:
            shown.add_row(
                each.source, each.sample, cell(each.field),
                cell(each.problem or "as expected", "red" if each.problem else "green"),
            )  # fmt: skip
        out().print(shown)
    say(f"{len(checks)} checks, {len(failed)} failed", style="red" if failed else "green")


def _show_live(reports: list[LiveReport], *, as_json: bool) -> None:
    if as_json:
        for each in reports:
            write_json(each)
        return
    shown = table("source", "what", "result", "found")
    for report in reports:
        shown.add_row(
            report.source,
            "run",
            cell(report.result, "green" if report.passed else "red"),
            cell(report.detail),
        )
        for finding in report.findings:
            style = {"found": "green", "missing": "yellow"}.get(finding.result, "red")
            shown.add_row(
                "", cell(f"{finding.of}: {finding.field}"), cell(finding.result, style), cell(finding.found)
            )
        for fact in report.unverified:
            shown.add_row("", "unverified", cell(fact.state, "cyan"), cell(fact.fact))
    out().print(shown)


def capture(
    name: NameArgument,
    url: Annotated[str, typer.Argument(metavar="URL", help="A release or a page of an index.")],
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="Name of the sample.", show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="SAVED",
            help="A page saved before, instead of asking the site.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", help="What it is in.", show_default=False)
    ] = None,
    discovery: Annotated[
        int | None,
        typer.Option(
            "--index",
            min=0,
            metavar="N",
            help="It is a page of that index of the definition, counting from 0.",
            show_default=False,
        ),
    ] = None,
    captured_at: Annotated[
        datetime | None,
        typer.Option("--captured-at", help="When SAVED was saved (now).", show_default=False),
    ] = None,
    samples: SamplesOption = None,
) -> None:
    """Make a sample of a page: its bytes, how it was captured, and a draft of what is read from it.

    The draft fails all tests until a person has compared it with the page and deleted its line "reviewed".
    Other people's texts stay out of the repository: write the page anew in the same markup before you commit.
    """
    from scheduler.capturing import NotCaptured, fetched, saved, write_sample

    source = _source(name)
    try:
        taken = saved(file, url, captured_at) if file is not None else fetched(source, url)
        folder = write_sample(
            source, taken, _samples(samples), case=case, language=language, discovery=discovery
        )
    except NotCaptured as error:
        raise Refusal(str(error)) from None
    say(f"{folder}", whole=True)
    say(
        "Next: replace the text by one of your own in the same markup, compare expected.json with the "
        f'page, delete its line "reviewed", then: communique source check {name}'
    )


def new(
    name: Annotated[
        str | None, typer.Option("--name", help="<country>_<body>, such as at_bmeia.", show_default=False)
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of the site.", show_default=False)] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", help="Key of who speaks, such as at.bmeia.", show_default=False)
    ] = None,
    languages: Annotated[
        str | None, typer.Option("--languages", help="Tags, with commas: de,en.", show_default=False)
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="IANA zone: Europe/Vienna.", show_default=False)
    ] = None,
    listing: Annotated[
        str | None,
        typer.Option("--listing", help="Address of the listing; {page} counts.", show_default=False),
    ] = None,
    feed: Annotated[
        str | None, typer.Option("--feed", help="Address of a feed, instead.", show_default=False)
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(
            "--path", help="Regular expression for a release's path, with (?P<slug>...).", show_default=False
        ),
    ] = None,
    archive_from: Annotated[
        str | None,
        typer.Option("--archive-from", help="First day with releases, YYYY-MM-DD.", show_default=False),
    ] = None,
    tree: Annotated[
        Path | None,
        typer.Option(
            "--tree",
            metavar="DIR",
            help="Checkout to write into (this one).",
            show_default=False,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Write a new source: its definition, samples to fill in, and its row in the README's table.

    What is not given is asked for at a terminal. No other file is changed; a body that speaks for the first
    time needs its line in crawler/bodies, and the command prints it.
    """
    from scheduler.newcomer import Newcomer, NotWritten, write

    asked: dict[str, Any] = {
        "name": _asked(name, "name", "Name (<country>_<body>, such as at_bmeia)"),
        "title": _asked(title, "title", "Title of the site"),
        "issuer": _asked(issuer, "issuer", "Key of who speaks (such as at.bmeia)"),
        "languages": tuple(
            each.strip() for each in _asked(languages, "languages", "Languages (de,en)").split(",")
        ),
        "timezone": _asked(timezone, "timezone", "Time zone (Europe/Vienna)"),
        "listing": listing
        or (None if feed else _asked(None, "listing", "Address of the listing, {page} for its number")),
        "feed": feed,
        "path": path or r"(?P<slug>[^/?#]+)",
    }
    try:
        asked["archive_from"] = date.fromisoformat(archive_from or f"{date.today():%Y}-01-01")  # noqa: DTZ011 - a default to be corrected
    except ValueError:
        raise typer.BadParameter(f"expected --archive-from as YYYY-MM-DD, found {archive_from!r}") from None
    try:
        written = write(Newcomer(**asked), tree or Path(__file__).parents[2])
    except NotWritten as error:
        raise Refusal(str(error)) from None
    for file in written.files:
        say(str(file), whole=True)
    for line in written.further:
        say(plain(line))


def _asked(given: str | None, option: str, question: str) -> str:
    import sys

    if given:
        return given
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"expected --{option}, found none (at a terminal it would be asked for)")
    return str(typer.prompt(question, err=True))
