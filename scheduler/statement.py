"""One statement for a person to read: versions, evidence, revisions, captures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from scheduler.screen import cell, in_zone, plain, table

if TYPE_CHECKING:
    from crawler.items import CapturePlace
    from storage.provenance import LinkView, ReleaseOrigin, RevisionView
    from storage.statements import ReleaseView, StatementView


MOST_VALUES = 8
"""Up to so many values of a feature are shown; `--json` gives all."""


def describe(
    view: StatementView,
    origins: Mapping[str, ReleaseOrigin],
    revisions: Mapping[str, Sequence[RevisionView]],
    links: Sequence[LinkView],
    captures: Path,
) -> Group:
    """The statement as text and tables; `captures` is the folder of the WARC files."""
    parts: list[RenderableType] = [
        cell(view.title, "bold"),
        cell(
            f"{view.id}  {view.kind}, said on {view.said_on}, {', '.join(view.issuers) or 'issuer unknown'}"
        ),
    ]
    names = {release.id: f"{release.source} {release.language}" for release in view.releases}
    for release in view.releases:
        parts.append(Rule(cell(f"{names[release.id]}: {_role(release)}", "bold"), align="left", style="dim"))
        parts.append(_facts(release, origins[release.id], captures))
        parts.append(Padding(cell(release.body), (1, 0, 1, 4)))
        if len(revisions.get(release.id, ())) > 1:
            parts.append(_revisions(revisions[release.id]))
    if links:
        parts.append(_links(links, names))
    return Group(*parts)


def _role(release: ReleaseView) -> str:
    return f"{release.standing} {release.role}" if release.standing else release.role


def _facts(release: ReleaseView, origin: ReleaseOrigin, captures: Path) -> Table:
    zone = ZoneInfo(origin.timezone)
    facts: list[tuple[str, object]] = [
        ("title", release.title),
        ("address", release.url),
        ("release", release.id),
        ("said on", _with_raw(str(release.said_on), origin.said_raw)),
        ("posted", _with_raw(_posted(release, origin, zone), origin.posted_raw)),
        ("issuers", _with_raw(", ".join(release.issuers), " / ".join(origin.issuers_raw) or None)),
        ("kind", _with_raw(release.kind, origin.kind_raw)),
        ("folio", release.folio),
        ("attribution", release.attribution),
        ("translator", release.translator),
        (
            "insertions",
            f"{release.insertions} by the editor, in square brackets" if release.insertions else None,
        ),
        ("withdrawn", _withdrawn(origin, zone)),
        (
            "gone",
            f"the site has no such page since {in_zone(release.gone_since)}" if release.gone_since else None,
        ),
        ("read by", release.read_by),
        ("notes", "; ".join(release.notes)),
        ("captured", _captured(origin)),
        ("capture", _place(origin.capture, captures)),
        ("digest", origin.capture_digest),
        ("revision", f"{origin.revision}, first seen {in_zone(origin.first_seen_at)}"),
    ]
    shown = Table.grid(padding=(0, 2))
    shown.add_column(style="dim", justify="right", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in facts:
        if value:
            shown.add_row(name, cell(value))
    return shown


def _with_raw(value: str, raw: str | None) -> str:
    return f"{value}  \N{LEFTWARDS ARROW} {raw!r}" if raw and raw != value else value


def _posted(release: ReleaseView, origin: ReleaseOrigin, zone: ZoneInfo) -> str:
    if origin.posted_at is not None:
        return in_zone(origin.posted_at, zone)
    return str(release.posted_on) if release.posted_on is not None else ""


def _withdrawn(origin: ReleaseOrigin, zone: ZoneInfo) -> str:
    since = f"{in_zone(origin.withdrawn_at, zone)}: " if origin.withdrawn_at else ""
    return f"{since}{origin.withdrawn}" if origin.withdrawn else ""


def _captured(origin: ReleaseOrigin) -> str:
    if origin.captured_at is None:
        return ""
    return f"{in_zone(origin.captured_at)}, {origin.origin}"


def _place(place: CapturePlace | None, captures: Path) -> str:
    return f"{captures / place.file} at {place.offset}, {place.length} bytes" if place else ""


def _revisions(revisions: Sequence[RevisionView]) -> Table:
    shown = table("revision", "seen", "title", "what changed", title="What changed")
    before: RevisionView | None = None
    for each in sorted(revisions, key=lambda one: (one.seen_at, one.number)):
        shown.add_row(str(each.number), in_zone(each.seen_at), cell(each.title), cell(_changed(before, each)))
        before = each
    return shown


def _changed(before: RevisionView | None, now: RevisionView) -> str:
    if before is None:
        return "first state"
    changes = []
    if before.title != now.title:
        changes.append(f"title (was {before.title!r})")
    if before.body != now.body:
        old, new = before.body.split("\n\n"), now.body.split("\n\n")
        gone, come = len([one for one in old if one not in new]), len([one for one in new if one not in old])
        changes.append(f"text: {gone} paragraphs gone, {come} new")
    both = {name: (before.fields.get(name), now.fields.get(name)) for name in {*before.fields, *now.fields}}
    changes += [
        f"{name}: {old!r} \N{RIGHTWARDS ARROW} {new!r}"
        for name, (old, new) in sorted(both.items())
        if old != new
    ]
    return "; ".join(changes) or "nothing that counts"


def _links(links: Sequence[LinkView], names: Mapping[str, str]) -> Table:
    shown = table("releases, and why", "evidence", "verdict", "decided", title="Why these belong together")
    styles = {"join": "green", "apart": "red", "ask": "yellow"}
    for link in links:
        pair = cell(" + ".join(names.get(each, each) for each in (link.left, link.right)))
        pair.append(f"\n{plain(_why(link.features, names))}", "dim")
        shown.add_row(
            pair,
            cell(f"{link.kind} {link.score:.2f}"),
            cell(link.verdict, styles.get(link.verdict, "")),
            cell(f"{link.decided_by} {_day(link.decided_at)}"),
        )
    for column in shown.columns[1:]:
        column.no_wrap = True
    return shown


def _why(features: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {_short(value, names)}" for name, value in features.items())


def _short(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        more = [f"and {len(value) - MOST_VALUES} more"] if len(value) > MOST_VALUES else []
        return ", ".join([*(_short(each, names) for each in value[:MOST_VALUES]), *more])
    return names.get(str(value), str(value))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
