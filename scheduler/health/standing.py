"""How sources stand now, as it is shown: the judgement of this moment, and since when it has been so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.source import crawled_sources
from scheduler.health.evidence import GOOD, Evidence, Health
from scheduler.health.gather import gather
from scheduler.health.judge import judge
from storage.health import HealthChange, find_health, health_changes
from storage.schedules import overrides


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a source was judged."""

    health: str
    """One of `Health`."""
    reason: str

    @property
    def is_good(self) -> bool:
        """Whether nobody needs to look."""
        return self.health in GOOD


@dataclass(frozen=True, slots=True)
class Standing(Verdict):
    """How one source stands, with what the verdict rests on."""

    source: str
    since: datetime | None
    """None: nothing has happened yet that it could be counted from."""
    """When the service judged so first; without a service, the last run's start."""
    facts: Mapping[str, object]
    evidence: Evidence
    changes: tuple[HealthChange, ...]

    @property
    def brief(self) -> dict[str, object]:
        """State, reason and since when."""
        return {"health": self.health, "reason": self.reason, "since": self.since}


def standings(connection: Connection, now: datetime, names: Collection[str]) -> dict[str, Standing]:
    """The named sources that are crawled, judged by what the ledger says at this moment."""
    kept, said = find_health(connection), overrides(connection)
    found: dict[str, Standing] = {}
    for name, source in crawled_sources().items():
        if name not in names:
            continue
        evidence = gather(connection, source, now, said.get(name, {}))
        judgement = judge(evidence)
        before = kept.get(name)
        since: datetime | None
        if before is not None and before.state == judgement.health:
            since = before.since
        elif judgement.health is Health.PAUSED:
            since = min((each.made_at for each in said.get(name, {}).values()), default=None)
        else:
            since = evidence.runs[0].started_at if evidence.runs else None
        found[name] = Standing(
            source=name,
            health=judgement.health.value,
            reason=judgement.reason,
            since=since,
            facts=judgement.facts,
            evidence=evidence,
            changes=tuple(health_changes(connection, name, limit=5)),
        )
    return found
