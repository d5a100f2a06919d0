"""`export`: what is kept, as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scheduler.filtering import (
    CountryOption,
    EditedOption,
    IssuerOption,
    KindOption,
    LanguageOption,
    RoleOption,
    SourceOption,
    TranslationOption,
    WithdrawnOption,
    filter_of,
)
from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.verbs import ending
from scheduler.verbs.export_statements import export_statements_to, wish_of
from scheduler.verbs.export_warc import export_captures


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "export",
        epilog=ending(
            "communique export february.parquet --issuer mx.sre --since 2017-02-01 --until 2017-02-28",
            "communique export corpus.jsonl --pairs es-en --card corpus.md",
            "communique export - --query 'frontera -muro' --only-official --one-per-statement | jq .title",
            "communique export --warc statement.warc.gz --statement s1f0c9a2b",
            "communique export --warc february.wacz --source mx_sre --since 2017-02-01 --until 2017-02-28",
            codes="0 done, 1 nothing to export, or some captures could not be read, 2 wrong usage",
        ),
    )(export)


def export(
    context: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="A file of statements (.jsonl .csv .parquet .atom), or - for standard output.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - as the option is called
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="jsonl, csv, parquet or atom; not needed when FILE ends so.",
            show_default=False,
        ),
    ] = None,
    only_official: Annotated[
        bool,
        typer.Option(
            "--only-official", help="Originals, and translations that their publisher calls official."
        ),
    ] = False,
    one_per_statement: Annotated[
        bool, typer.Option("--one-per-statement", help="Of each statement the original, or what is nearest.")
    ] = False,
    pairs: Annotated[
        str | None,
        typer.Option(
            "--pairs",
            metavar="es-en",
            help="Aligned paragraphs of two languages: a parallel corpus.",
            show_default=False,
        ),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option(
            "--card",
            metavar="FILE",
            help="Where to say what is in it, as JSON or Markdown (.md); usually FILE.card.json.",
            show_default=False,
            dir_okay=False,
        ),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(
            "--query",
            "-q",
            metavar="QUERY",
            help="As in communique search.",
            show_default=False,
            rich_help_panel="Which statements",
        ),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    issuer: IssuerOption = None,
    country: CountryOption = None,
    language: LanguageOption = None,
    source: SourceOption = None,
    role: RoleOption = None,
    kind: KindOption = None,
    has_translation: TranslationOption = None,
    edited: EditedOption = None,
    withdrawn: WithdrawnOption = None,
    warc: Annotated[
        Path | None,
        typer.Option(
            "--warc",
            metavar="OUT",
            help="Captures instead of statements, into a new file: OUT.warc.gz, or OUT.wacz.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    statement: Annotated[
        str | None,
        typer.Option(
            "--statement",
            metavar="ID",
            help="With --warc: what it was read from.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write statements with the texts of all their versions into a file, one row for each version.

    A card next to the file says what is in it: counts, languages, sources and their terms of use, when it was
    made and of what. Options choose statements, by the day when they were said. A file of the same name is
    replaced once the new one is whole.

    With --warc, write captures into one WARC that every archive tool reads: of a statement, a source, or days
    of capture, in UTC. Repeated bodies stay revisit records; nothing is asked of any site.
    """
    check_window(since, until)
    place = place_of(context, data, database, as_json)
    if (warc is None) == (file is None):
        raise typer.BadParameter("expected a FILE of statements, or --warc OUT; found both or neither")
    if warc is not None:
        code = export_captures(place, warc, statement=statement, source=source, since=since, until=until)
        raise typer.Exit(code)
    if statement is not None:
        raise typer.BadParameter(
            "--statement goes with --warc; communique show --json tells of one statement"
        )
    wanted = filter_of(
        query, issuer, country, language, source, since, until, role, kind, has_translation, edited, withdrawn
    )
    assert file is not None  # noqa: S101 - one of the two is there
    wish = wish_of(file, wanted, format, only_official, one_per_statement, pairs)
    raise typer.Exit(export_statements_to(place, file, wish, card))
