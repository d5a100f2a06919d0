"""The command `communique`: gathers the verbs of every room.

Modules of verbs are light; what is heavy (Scrapy, trafilatura, SQLAlchemy) is imported by the verb that
needs it, so that help appears at once.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from scheduler.options import DatabaseOption, DataOption, Given, JsonOption
from scheduler.screen import Refusal, say
from scheduler.verbs import (
    alerts,
    backfilling,
    captures,
    changes,
    coverage,
    crawling,
    databases,
    decisions,
    demonstration,
    differing,
    export,
    ingesting,
    ledger,
    linking,
    relink,
    reread,
    review,
    schedule,
    searching,
    source,
    statements,
    status,
    why,
    worker,
)
from web import people, serve


class Verbs(TyperGroup):
    """The verbs; a refusal is a message and an exit code, never a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            say(f"{ctx.invoked_subcommand}: {refusal}", style="red")
            raise typer.Exit(refusal.code) from None


app = typer.Typer(
    name="communique",
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: communique demo",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"communique {version('communique')}")
        raise typer.Exit


@app.callback()
def communique(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Keeps what governments said: crawls ministries and mirrors, joins versions of one statement."""
    context.obj = Given(data, database, as_json)


demonstration.add_to(app)
ledger.add_sources(app)
source.add_to(app)
schedule.add_to(app)
crawling.add_to(app)
backfilling.add_to(app)
ingesting.add_to(app)
statements.add_to(app)
changes.add_to(app)
searching.add_to(app)
differing.add_to(app)
why.add_to(app)
review.add_to(app)
decisions.add_to(app)
linking.add_to(app)
relink.add_to(app)
ledger.add_to(app)
status.add_to(app)
coverage.add_to(app)
alerts.add_to(app)
captures.add_to(app)
export.add_to(app)
reread.add_to(app)
worker.add_to(app)
databases.add_to(app)
serve.add_to(app)
people.add_to(app)


def main() -> None:
    """Entry point of the console command; ends the process with the verb's exit code."""
    app(prog_name="communique")
