"""`search`: statements by their words, in all languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

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
from scheduler.options import DatabaseOption, DataOption, JsonOption, SinceOption, UntilOption, place_of
from scheduler.screen import Refusal, cell, out, plain, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.statements import SHORT

if TYPE_CHECKING:
    from storage.search.snippets import Snippet
    from storage.search.summaries import StatementSummary

_PAGE = 100


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "search",
        epilog=ending(
            "communique search 'frontera \"valor compartido\" -muro' --since 2017-02-01",
            "communique search 'title:border lang:es migra*' --json | jq .title",
            codes="0 done (also when nothing matches), 1 no database, or it took too long, 2 wrong usage",
        ),
    )(search)


def search(
    context: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            metavar="QUERY",
            help='Words, "phrases", -without, begin*, A OR B, title: issuer: source: lang: kind: since: '
            "until: date: is:edited.",
        ),
    ],
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
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Most to show.")] = 20,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find statements by their words, the latest first, in the language of any of their versions.

    Every word must be there, in any of its forms and with or without accents. With --json every line holds a
    statement with its versions, and where the words were found (marks: places in the text of the snippet).
    """
    wanted = filter_of(
        query, issuer, country, language, source, since, until, role, kind, has_translation, edited, withdrawn
    )
    place = place_of(context, data, database, as_json)

    from storage.search.finding import count, find_statements
    from storage.search.limits import TooLong

    found: list[StatementSummary] = []
    try:
        with place.reading() as connection:
            cursor: str | None = None
            while len(found) < limit:
                page = find_statements(
                    connection, wanted, cursor=cursor, limit=min(limit - len(found), _PAGE)
                )
                found += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
            total = count(connection, wanted)
    except TooLong as error:
        raise Refusal(str(error)) from None
    if place.json:
        for each in found:
            write_json(each)
        return
    shown = table("said", "id", "statement", "issuers", "in")
    for column in shown.columns[:2]:
        column.no_wrap = True
    for each in found:
        text = cell(each.title, "bold")
        if each.snippet is not None:
            text.append("\n").append_text(_marked(each.snippet))
        shown.add_row(
            str(each.said_on),
            cell(each.id[:SHORT], "dim"),
            text,
            cell(" ".join(each.issuers)),
            " ".join(each.languages),
        )
    if found:
        out().print(shown)
    number = f"{total.number:,}" if total.exact else f"more than {total.number:,}"
    of = f"{len(found)} of {number}" if total.number > len(found) else number
    say(f"{of} statement{'s' if total.number != 1 else ''}")


def _marked(snippet: Snippet) -> Text:
    text = Text(plain(snippet.text.replace("\n", " ")))
    for start, end in snippet.marks:
        text.stylize("bold yellow", start, end)
    before, after = "" if snippet.begins else "... ", "" if snippet.ends else " ..."
    return Text(before).append_text(text).append(after)
