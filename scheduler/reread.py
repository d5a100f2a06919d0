"""Reading again: every capture of a source with today's readers, beside what is stored.

Nothing is asked of any site. First the captures that states of releases and held records were read from, then
all others, which may hold a release that nothing was kept of, or a state that the reader of its day did not
tell from another. Every batch says how far it is in the transaction that stores what it found, so that a
killed reading goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.frontier import RunRequest
from crawler.items import CapturePlace, Due, Held, Release
from crawler.source import Source, definition_digest
from pipelines.link import link_releases
from scheduler.indexes import index_at
from scheduler.rereaders import Page, Readers, Reread
from scheduler.rereading import FieldReread, Found, compare
from storage import rereads
from storage.capture_list import places_read_from
from storage.corrections import Stands, correct, current_places, digests_of, states_at
from storage.held import is_held, save_held
from storage.releases import save_releases
from storage.rereads import Raw

if TYPE_CHECKING:
    from storage.store import SqlStore

BATCH = 256
"""Captures that are compared, and stored, together."""
STEPS = 2
"""0: captures that something was read from; 1: all others."""

_ROOMS = ("crawler/pages", "crawler/platforms", "crawler/declare", "crawler/bodies", "pipelines")
"""Where readers are made of: a change there is another reader."""


@dataclass(frozen=True, slots=True)
class Told:
    """One state that reads otherwise today."""

    source: str
    release: str
    url: str
    what: str
    """changed, new, freed, revision, lost"""
    fields: tuple[FieldReread, ...] = ()
    reason: str | None = None
    """Why it can no longer be read, or why it is held back."""


@dataclass(slots=True)
class _Work:
    """What a batch comes to."""

    corrections: list[tuple[Stands, Release]]
    new: list[Release]
    held: list[Held]


Tell = Callable[[Told], None]
Watch = Callable[[int, int], None]
"""Told how many captures were read, and how many there are."""


def reader_of(source: type[Source]) -> str:
    """Digest of everything that reads a source: its definition, and the program's own reading."""
    texts = hashlib.sha256(definition_digest(source).encode())
    root = Path(__file__).parents[1]
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            texts.update(path.read_bytes())
    return f"sha256:{texts.hexdigest()}"


class Rereading:
    """Reads the captures of one source again, shows what would change, and stores it when told to."""

    def __init__(
        self,
        store: SqlStore,
        source: type[Source],
        readers: Readers,
        *,
        applies: bool,
        tell: Tell = lambda told: None,
        watch: Watch = lambda done, total: None,
        batch: int = BATCH,
    ) -> None:
        self._store = store
        self._source = source
        self._readers = readers
        self._applies = applies
        self._tell = tell
        self._watch = watch
        self._batch = batch
        self._come: set[str] = set()
        """Keys of releases that nothing was kept of."""
        self.found = Found()

    def run(self) -> Found:
        """Read everything that is left to be read. Raises RunInProgress when the source is being crawled."""
        store, name = self._store, self._source.name
        if not self._applies:
            self._read_all(run="")
            return self.found
        run = store.frontier.open_run(RunRequest(name, started_by="reread"))
        outcome, words = "failed", None
        try:
            self._read_all(run)
            outcome = "finished"
        except KeyboardInterrupt:
            outcome = "stopped"
            raise
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            raise
        finally:
            store.frontier.close_run(run, outcome, {}, words)
        return self.found

    def _read_all(self, run: str) -> None:
        database, name = self._store.database, self._source.name
        with database.write() as connection:
            begun = rereads.begin(
                connection, name, reader_of(self._source), datetime.now(UTC), applies=self._applies
            )
        self.found = Found.from_json(begun.found)
        with database.read() as connection:
            total = rereads.count_captures(connection, name)
            read_from = places_read_from(connection, name)
        step, cursor = begun.step, begun.cursor
        seen: dict[str, set[str]] = {}
        while step < STEPS:
            with database.read() as connection:
                batch = rereads.captures_after(connection, name, cursor, self._batch)
            if not batch:
                step, cursor = step + 1, 0
                self._keep(_Work([], [], []), begun.id, step, cursor, run)
                continue
            cursor = batch[-1].id
            if step == 0:
                mine = [each for each in batch if (each.file, each.offset) in read_from]
            else:
                if not seen:
                    seen = self._bodies_read(read_from)
                mine = [
                    each
                    for each in batch
                    if (each.file, each.offset) not in read_from and each.digest not in seen.get(each.url, ())
                ]
            work = self._look(mine)
            self._keep(work, begun.id, step, cursor, run)
            self._watch(self.found.captures + self.found.indexes, total)
        with database.write() as connection:
            rereads.finish(connection, begun.id, datetime.now(UTC))

    def _bodies_read(self, read_from: set[tuple[str, int]]) -> dict[str, set[str]]:
        """Digests of the bodies that something was read from, by address: the same again says the same."""
        found: dict[str, set[str]] = {"": set()}
        cursor = 0
        with self._store.database.read() as connection:
            while some := rereads.captures_after(connection, self._source.name, cursor, 5_000):
                cursor = some[-1].id
                for each in some:
                    if (each.file, each.offset) in read_from:
                        found.setdefault(each.url, set()).add(each.digest)
        return found

    def _look(self, batch: Sequence[Raw]) -> _Work:
        """Read captures, and compare what they say with what is stored."""
        pages = list(self._pages(batch))
        answers = self._readers.read([page for page, _ in pages])
        work = _Work([], [], [])
        with self._store.database.read() as connection:
            places = [page.place for page, _ in pages]
            states = states_at(connection, places)
            keys = sorted({each.key for answer in answers for each in answer.records})
            known = digests_of(connection, self._source.name, keys)
            own = current_places(connection, self._source.name, keys)
        for (page, raw), answer in zip(pages, answers, strict=True):
            self.found.captures += 1
            self._compare(raw, answer, states.get(page.place, []), known, own, work)
        return work

    def _pages(self, batch: Sequence[Raw]) -> Iterator[tuple[Page, Raw]]:
        source = self._source
        keys = {each.id: source.address_key(each.url) for each in batch}
        hints = self._store.frontier.look_up(source.name, [key for key in keys.values() if key is not None])
        for each in batch:
            place = CapturePlace(each.file, each.offset, each.length)
            index = index_at(each.url, (source,))
            if index is not None:
                if index.holds_releases:
                    number = source.discoveries().index(index.discovery)
                    yield Page(source.name, place, None, number, index.language), each
                else:
                    self.found.indexes += 1
                continue
            key = keys[each.id]
            if key is None:
                self.found.indexes += 1
                continue
            yield Page(source.name, place, hints.get(key) or Due(key, each.url)), each

    def _compare(
        self,
        raw: Raw,
        answer: Reread,
        states: Sequence[Stands],
        known: Mapping[str, set[str]],
        own: Mapping[str, CapturePlace],
        work: _Work,
    ) -> None:
        found, name = self.found, self._source.name
        left = list(states)
        if answer.problem is not None:
            found.count_reason(answer.problem)
        for record in answer.records:
            state = _state_of(record, left, len(answer.records))
            if state is not None:
                left.remove(state)
            if isinstance(record, Held):
                if state is not None:
                    found.lost += 1
                    reason = f"{record.reason}: {record.detail}"
                    self._tell(Told(name, state.release, raw.url, "lost", reason=reason))
                elif record.key not in known:
                    found.still_held += 1
                    work.held.append(record)
            elif state is not None:
                self._correct(raw, state, record, work)
            elif record.key not in known:
                self._new(raw, record, work)
            elif self._is_another_state(record, known, own):
                found.revisions += 1
                self._tell(Told(name, record.id, raw.url, "revision"))
                work.new.append(record)
        for state in left:
            found.lost += 1
            reason = answer.problem or "its capture no longer names it"
            self._tell(Told(name, state.release, raw.url, "lost", reason=reason))

    def _correct(self, raw: Raw, state: Stands, record: Release, work: _Work) -> None:
        release = replace(record, id=state.release, key=state.key)
        differing = compare(state, release)
        if not differing:
            self.found.unchanged += 1
            return
        self.found.changed += 1
        self.found.count_fields(differing)
        self._tell(Told(self._source.name, state.release, raw.url, "changed", tuple(differing)))
        work.corrections.append((state, release))

    def _new(self, raw: Raw, record: Release, work: _Work) -> None:
        if record.key in self._come:
            work.new.append(record)  # another state of it: the release is counted once
            return
        self._come.add(record.key)
        self.found.new += 1
        with self._store.database.read() as connection:
            freed = is_held(connection, record.source, record.key)
        self.found.freed += freed
        self._tell(Told(self._source.name, record.id, raw.url, "freed" if freed else "new"))
        work.new.append(record)

    def _is_another_state(
        self, record: Release, known: Mapping[str, set[str]], own: Mapping[str, CapturePlace]
    ) -> bool:
        """Whether a capture shows a state that is not stored, also as its release reads today."""
        if record.content_digest in known[record.key]:
            return False
        place = own.get(record.key)
        if self._applies or place is None:
            return True
        # What is only shown was not stored: the release as it is stored may differ by its reader alone.
        due = Due(record.key, record.url)
        with suppress(KeyError):
            due = self._store.frontier.look_up(self._source.name, [record.key])[record.key]
        (today,) = self._readers.read([Page(self._source.name, place, due)])
        digests = {each.content_digest for each in today.records if isinstance(each, Release)}
        return record.content_digest not in digests

    def _keep(self, work: _Work, reread: int, step: int, cursor: int, run: str) -> None:
        """Store what a batch found, if it is to be stored, and how far the reading is."""
        now = datetime.now(UTC)
        with self._store.database.write() as connection:
            if self._applies:
                changed = correct(connection, work.corrections, now)
                saved = save_releases(connection, run, work.new, now) if work.new else []
                if work.held:
                    save_held(connection, run, work.held, now)
                changed += [each.release_id for each in saved if each.relink]
                if changed:
                    link_releases(connection, list(dict.fromkeys(changed)), now)
            rereads.advance(connection, reread, step, cursor, self.found.to_json(), now)
        if self._applies:
            counts = {"revised": self.found.changed, "stored": self.found.new, "fetched": 0}
            self._store.frontier.beat(run, counts)


def _state_of(record: Release | Held, states: Sequence[Stands], records: int) -> Stands | None:
    """The stored state that a record of the same capture stands for."""
    for each in states:
        if each.key == record.key or (isinstance(record, Release) and each.release == record.id):
            return each
    return states[0] if len(states) == 1 and records == 1 else None
