"""What texts say, at hand for comparing: from what is stored, or read anew where that is outdated."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic

from sqlalchemy import Connection

from pipelines.linking.evidence import Library
from pipelines.linking.judge import Content, Judge
from storage.anchors import ANCHOR_HUB_ABOVE, StoredContent, load_contents, load_made_of, save_contents
from storage.links import ReleaseText, TextState, load_states, load_texts
from storage.vectors import StoredVectors, load_vectors, save_vectors

MOST_OPEN = 20_000
"""Texts kept open at a time: some kilobytes each."""


class LazyLibrary(Library):
    """Texts of the database, read when they are asked for."""

    def __init__(self, connection: Connection) -> None:
        super().__init__({})
        self._connection = connection
        self._loaded: dict[str, ReleaseText] = {}

    def expect(self, releases: Collection[str]) -> None:
        """Read the texts of these releases, all at once."""
        self._loaded |= load_texts(self._connection, set(releases) - self._loaded.keys())

    def text(self, release: str) -> ReleaseText:
        """Its text."""
        if release not in self._loaded:
            self._loaded |= load_texts(self._connection, [release])
        return self._loaded[release]


@dataclass(slots=True)
class Fresh:
    """What was read of texts and is to be stored."""

    contents: dict[str, StoredContent] = field(default_factory=dict)
    day_keys: dict[str, tuple[int, ...]] = field(default_factory=dict)
    vectors: dict[str, StoredVectors] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)
    """Days whose anchors change by it."""


class Shelf(Generic[Content]):
    """Texts taken apart, kept open by release as long as there is room."""

    def __init__(
        self, judge: Judge[Content], cap: int = ANCHOR_HUB_ABOVE, most_open: int = MOST_OPEN
    ) -> None:
        self._judge = judge
        self._cap = cap
        self._most = most_open
        self._open: OrderedDict[str, tuple[str, Content]] = OrderedDict()

    def made_of(self, state: TextState) -> str:
        """What a stored content must have been made of to be right for that state of a text."""
        return f"{self._judge.reading}|{state.language}|{state.content_digest}"

    def read_outdated(self, connection: Connection, releases: Collection[str]) -> Fresh:
        """Read those of the releases of which nothing is stored, or something outdated. Writes nothing."""
        states = load_states(connection, releases)
        stored = load_made_of(connection, states)
        outdated = [
            each for each, state in states.items() if stored.get(each) != (self.made_of(state), state.said_on)
        ]
        fresh = Fresh()
        texts = load_texts(connection, outdated)
        order = sorted(texts)
        for each, reading in zip(order, self._judge.read([texts[one] for one in order]), strict=True):
            state = states[each]
            fresh.contents[each] = StoredContent(
                self.made_of(state), state.said_on, reading.lasting, reading.prepared
            )
            fresh.day_keys[each] = reading.day_keys
            fresh.days |= {state.said_on} | ({stored[each][1]} if each in stored else set())
        self._encode_outdated(connection, states, fresh)
        return fresh

    def _encode_outdated(self, connection: Connection, states: Mapping[str, TextState], fresh: Fresh) -> None:
        model = self._judge.vectors
        if model is None:
            return
        stored = load_vectors(connection, states, model)
        outdated = [
            each
            for each, state in states.items()
            if each not in stored or stored[each].made_of != self.made_of(state)
        ]
        texts = load_texts(connection, outdated)
        order = sorted(texts)
        for each, made in zip(order, self._judge.encode([texts[one] for one in order]), strict=True):
            if made is not None:
                fresh.vectors[each] = StoredVectors(self.made_of(states[each]), made.dimension, made.data)

    def save(self, connection: Connection, fresh: Fresh, now: datetime) -> None:
        """Store what was read."""
        if fresh.contents:
            save_contents(connection, fresh.contents, fresh.day_keys, now, self._cap)
        model = self._judge.vectors
        if model is not None and fresh.vectors:
            save_vectors(connection, fresh.vectors, model)

    def open(self, connection: Connection, releases: Collection[str]) -> dict[str, Content]:
        """The releases' texts, opened; those of which nothing is stored are absent.

        What an older version of the code made is read again here, and stored when its turn comes.
        """
        states = load_states(connection, releases)
        found: dict[str, Content] = {}
        missing: dict[str, TextState] = {}
        for each, state in states.items():
            kept = self._open.get(each)
            if kept is not None and kept[0] == self.made_of(state):
                self._open.move_to_end(each)
                found[each] = kept[1]
            else:
                missing[each] = state
        stored = load_contents(connection, missing)
        prepared = {
            each: it.prepared for each, it in stored.items() if it.made_of == self.made_of(states[each])
        }
        old = load_texts(connection, stored.keys() - prepared.keys())
        order = sorted(old)
        for each, reading in zip(order, self._judge.read([old[one] for one in order]), strict=True):
            prepared[each] = reading.prepared
        model = self._judge.vectors
        vectors = load_vectors(connection, prepared, model) if model is not None else {}
        for each, blob in prepared.items():
            made_of = self.made_of(states[each])
            own = vectors.get(each)
            data = own.data if own is not None and own.made_of == made_of else None
            found[each] = self._judge.open(blob, data)
            self._open[each] = (made_of, found[each])
        while len(self._open) > self._most:
            self._open.popitem(last=False)
        return found
