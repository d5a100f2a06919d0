"""Vectors of texts, each with the encoder and version that made it. Those of different models never meet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from storage.link_tables import VectorRow
from storage.links import chunks

PASSAGE, DOCUMENT = "passage", "document"
"""Levels: one vector for each passage of a text, or one for all of it."""


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """Vectors of one release at one level."""

    made_of: str
    """Content digest and language of the text that they are of; with another one they are outdated."""
    dimension: int
    data: bytes


def load_vectors(
    connection: Connection, releases: Collection[str], model: str, level: str = PASSAGE
) -> dict[str, StoredVectors]:
    """Vectors by exactly that model (`name@version`), by release; outdated ones too."""
    row = VectorRow
    query = select(row.release_id, row.made_of, row.dimension, row.data).where(
        row.model == model, row.level == level
    )
    return {
        each.release_id: StoredVectors(each.made_of, each.dimension, each.data)
        for some in chunks(releases)
        for each in connection.execute(query.where(row.release_id.in_(some))).all()
    }


def save_vectors(
    connection: Connection, vectors: Mapping[str, StoredVectors], model: str, level: str = PASSAGE
) -> None:
    """Keep vectors in the place of those that the same model made before; other models' stay."""
    row = VectorRow
    for some in chunks(list(vectors)):
        connection.execute(
            delete(row).where(row.release_id.in_(some), row.model == model, row.level == level)
        )
    if vectors:
        connection.execute(
            insert(row),
            [
                {
                    "release_id": each,
                    "model": model,
                    "level": level,
                    "made_of": it.made_of,
                    "dimension": it.dimension,
                    "data": it.data,
                }
                for each, it in sorted(vectors.items())
            ],
        )
