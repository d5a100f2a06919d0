"""Why two releases are, or are not, in one statement: for a person to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table

from scheduler.screen import cell, in_zone, plain, table

if TYPE_CHECKING:
    from pipelines.why import Compared, Why
    from storage.links import Link, ReleaseFacts

MOST_SHARES = 12
"""Features shown of a score; `--json` gives all."""
_STYLES = {"join": "green", "apart": "red", "ask": "yellow"}


def describe(why: Why) -> Group:
    """Everything about a pair as tables."""
    answer = "in one statement" if why.together else "in two statements"
    parts: list[RenderableType] = [
        Rule(cell(f"{why.left.id} and {why.right.id}: {answer}", "bold"), align="left", style="dim"),
        _releases(why),
    ]
    if why.links:
        parts.append(_links(why.links, "Evidence about the two"))
    else:
        parts.append(cell("No evidence about the two is stored."))
    for link in why.links:
        parts += _shares(link, f"What adds to the score of {link.kind}")
    if why.compared is not None:
        parts += _compared(why.compared)
    if why.path:
        parts.append(_links(why.path, "What joins them: by way of other releases"))
    if why.objection is not None:
        parts.append(cell(f"A rule keeps them apart: {why.objection}", "red"))
    if why.decisions:
        parts.append(_decisions(why))
    return Group(*parts)


def as_json(why: Why) -> dict[str, object]:
    """Everything about a pair, for a program."""
    return {
        "left": _release_json(why.left),
        "right": _release_json(why.right),
        "together": why.together,
        "evidence": [_link_json(link) for link in why.links],
        "path": [_link_json(link) for link in why.path],
        "objection": why.objection,
        "decisions": [
            {
                "id": each.id,
                "kind": each.kind,
                "verdict": each.pairs[why.left.id, why.right.id],
                "by": each.made_by,
                "reason": each.reason,
                "made_at": each.made_at,
                "counts": each.stands and (why.left.id, why.right.id) not in each.overruled,
            }
            for each in why.decisions
        ],
        "compared_now": why.compared,
    }


def _release_json(release: ReleaseFacts) -> dict[str, object]:
    return {
        "id": release.id,
        "statement": release.statement_id,
        "source": release.source,
        "language": release.language,
        "kind": release.kind,
        "role": release.role,
        "said_on": release.said_on,
        "title": release.title,
    }


def _link_json(link: Link) -> dict[str, object]:
    return {
        "left": link.left,
        "right": link.right,
        "kind": link.kind,
        "verdict": link.verdict,
        "score": link.score,
        "features": link.features,
        "model": link.model,
        "decided_by": link.decided_by,
        "decided_at": link.decided_at,
    }


def _releases(why: Why) -> Table:
    shown = table("release", "source", "in", "kind", "role", "said", "title")
    for each in (why.left, why.right):
        shown.add_row(
            cell(each.id[:9]), cell(each.source), each.language, cell(each.kind.value), cell(each.role.value),
            str(each.said_on), cell(each.title),
        )  # fmt: skip
    return shown


def _links(links: tuple[Link, ...], title: str) -> Table:
    shown = table("between", "evidence", "score", "verdict", "by", "says", title=title, right=["score"])
    for link in links:
        told = {name: value for name, value in link.features.items() if name != "shares"}
        shown.add_row(
            cell(f"{link.left[:9]} {link.right[:9]}"),
            cell(link.kind),
            f"{link.score:.2f}",
            cell(link.verdict, _STYLES.get(link.verdict, "")),
            cell(link.decided_by if link.model is None else f"{link.decided_by} ({link.model})"),
            cell("; ".join(f"{name}: {_short(value)}" for name, value in told.items())),
        )
    return shown


def _short(value: Any) -> str:  # noqa: ANN401 - features hold anything that JSON can
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(_short(each) for each in value[:8]) + (" ..." if len(value) > 8 else "")
    return plain(value)


def _shares(link: Link | Compared, title: str) -> list[RenderableType]:
    from pipelines.why import shares_of

    shares = shares_of(link)
    if not shares:
        return []
    shown = table("feature", "adds", title=title, right=["adds"])
    for name, value in shares[:MOST_SHARES]:
        shown.add_row(cell(name), cell(f"{value:+.2f}", "green" if value > 0 else "red"))
    if len(shares) > MOST_SHARES:
        shown.add_row(
            cell(f"{len(shares) - MOST_SHARES} more", "dim"),
            cell(f"{sum(value for _, value in shares[MOST_SHARES:]):+.2f}", "dim"),
        )
    return [shown]


def _compared(compared: Compared) -> list[RenderableType]:
    shared = (
        f"{compared.days_apart} days apart, {compared.lasting} rare combinations of figures and names shared"
        f" ({compared.hubs} more that too many releases share)"
    )
    if compared.kind is None:
        return [cell(f"Compared now: nothing that speaks for one statement; {shared}.")]
    words = f"Compared now: {compared.kind} {compared.score:.2f}; {shared}."
    return [cell(words), *_shares(compared, "What adds to that score")]


def _decisions(why: Why) -> Table:
    shown = table("no.", "decided", "verdict", "by", "why", "counts", title="Decisions of persons")
    pair = (why.left.id, why.right.id)
    for each in why.decisions:
        counts = each.stands and pair not in each.overruled
        shown.add_row(
            str(each.id), in_zone(each.made_at), cell(f"{each.kind}: {each.pairs[pair]}"), cell(each.made_by),
            cell(each.reason), "yes" if counts else "no",
        )  # fmt: skip
    return shown
