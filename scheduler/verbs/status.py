"""`status`: how every source stands, and one of them with the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from scheduler.names import check_source_name
from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.ledger import NO_DATABASE, state_of

if TYPE_CHECKING:
    from scheduler.health.standing import Standing
    from storage.overview import SourceOverview

STATES = ("discovered", "stored", "held", "skipped", "failed", "gone")
_BAD = ("held", "failed", "by_fallback")


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    examples = ending(
        "communique status", "communique status mx_sre", "communique status --json", codes=NO_DATABASE
    )
    app.command("status", epilog=examples)(status)


def status(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(metavar="[SOURCE]", help="One source, with the evidence.", show_default=False),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how every source stands: its health and why, last run, addresses by state, next tries; totals."""
    place = place_of(context, data, database, as_json)
    check_source_name(source)

    from crawler.source import crawled_sources
    from scheduler.health.standing import standings
    from scheduler.plan import plans
    from storage.overview import overviews, totals

    now = datetime.now(UTC)
    with place.reading() as connection:
        found, total = overviews(connection), totals(connection)
        crawled = {name: source for name, source in crawled_sources().items() if name in found}
        planned = plans(crawled, connection, now)
        health = standings(connection, now, {source} if source is not None else {*found})
    if source is not None:
        _show_standing(place, source, health.get(source), found.get(source))
        return
    if place.json:
        for each in found.values():
            due = planned[each.source].next_at if each.source in planned else None
            standing = health.get(each.source)
            brief = standing.brief if standing is not None else {}
            write_json({"source": each.source, **brief, "next_due": due, **_fields(each)})
        write_json({"totals": total})
        return
    shown = table("source", "health", "last run", "ended", *STATES, "next try", right=STATES)
    shown.collapse_padding, shown.pad_edge = True, False
    shown.caption = "Times are UTC, without the year; --json has them whole."
    for each in found.values():
        run = each.last_run
        shown.add_row(
            each.source,
            _health(health.get(each.source)),
            _briefly(run.started_at) if run else "never",
            state_of(run),
            *(_number(each.addresses, state) for state in STATES),
            _briefly(each.next_try_at),
        )
    if found:
        out().print(shown)
    for standing in health.values():
        if not standing.is_good:
            since = in_zone(standing.since) if standing.since else "-"
            say(f"{standing.source}: {standing.health} since {since}: {standing.reason}", "red")
    for each in found.values():
        if each.last_run is not None and each.last_run.error:
            say(f"{each.source}: last run {each.last_run.state}: {each.last_run.error}", "red")
        without_rules = each.last_run.counts.get("by_fallback", 0) if each.last_run is not None else 0
        if without_rules:
            say(
                f"{each.source}: last run read {without_rules} pages without the source's rules: its layout "
                "may have changed; the notes of a release (communique show) say which rule failed",
                "yellow",
            )
        if each.oldest_failure is not None:
            failure = each.oldest_failure
            say(
                f"{each.source}: oldest failure, found {in_zone(failure.discovered_at)}, tried "
                f"{failure.attempts} times: {failure.url}: {failure.reason}",
                "yellow",
            )
    say(
        f"{total.statements:,} statements of {total.releases:,} releases in {total.revisions:,} revisions; "
        f"{total.links:,} links; {total.held:,} held back; {total.captures:,} captures"
    )


def _fields(overview: SourceOverview) -> dict[str, object]:
    return {
        "last_run": overview.last_run,
        "addresses": {state: overview.addresses.get(state, 0) for state in STATES},
        "next_try_at": overview.next_try_at,
        "oldest_failure": overview.oldest_failure,
    }


def _briefly(moment: datetime | None) -> str:
    """A time for a column among many."""
    return "" if moment is None else moment.strftime("%m-%d %H:%M")


def _number(counts: Mapping[str, int], state: str) -> Text:
    number = counts.get(state, 0)
    warn = {"failed": "red", "held": "yellow"}.get(state, "") if number else "dim"
    return cell(f"{number:,}" if number else "-", warn)


def _health(standing: Standing | None) -> Text:
    if standing is None:
        return cell("")
    return cell(standing.health, "green" if standing.is_good else "red")


def _show_standing(
    place: Place, source: str, standing: Standing | None, overview: SourceOverview | None
) -> None:
    """One source: its state, and all that it rests on."""
    if standing is None:
        raise Refusal(f"expected a source that is crawled; {source} is for saved pages and has no health", 2)
    if place.json:
        told = {
            "source": source,
            **standing.brief,
            "facts": standing.facts,
            "changes": standing.changes,
            **(_fields(overview) if overview is not None else {}),
        }
        told["evidence"] = {**_plain(standing), "runs": standing.evidence.runs}
        write_json(told)
        return
    when = f" since {in_zone(standing.since)}" if standing.since else ""
    out().print(cell(f"{source}: {standing.health}{when}"))
    out().print(cell(standing.reason))
    facts = table("fact", "found")
    for name, value in standing.facts.items():
        facts.add_row(name, cell(value))
    out().print(facts)
    counted = ("listed", "asked", "kept", "held", "failed", "without rules")
    shown = table("run", "started", "ended", *counted, right=counted)
    for run in standing.evidence.runs[:10]:
        counts = (run.count("listed"), run.asked, run.kept, *(run.count(each) for each in _BAD))
        shown.add_row(run.run, in_zone(run.started_at), run.state, *map(str, counts))
    if shown.row_count:
        out().print(shown)
    for change in standing.changes:
        before = change.before or "unknown"
        say(f"{in_zone(change.changed_at)}: {before} -> {change.after}: {change.reason}")


def _plain(standing: Standing) -> dict[str, object]:
    """The evidence but for its runs; days as text, since JSON has no other keys."""
    evidence = standing.evidence
    return {
        "today": evidence.today,
        "every_seconds": int(evidence.every.total_seconds()),
        "at_least": evidence.at_least,
        "at_most": evidence.at_most,
        "posted": {day.isoformat(): number for day, number in sorted(evidence.posted.items())},
        "filled": evidence.filled,
        "releases": evidence.releases,
        "numbers": sorted(each.number for each in evidence.numbered),
    }
