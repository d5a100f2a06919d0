"""Linking asks the database as seldom for a full one as for an empty one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, event

from crawler.items import Release
from pipelines.link import link_releases
from storage.database import Database
from storage.releases import save_releases
from tests.linking.shelf import DAY, NOW, keep, release, translation
from tests.linking.texts import JOINT_EN, JOINT_ES, exchange_rate


def _group(number: int) -> list[Release]:
    day = DAY + timedelta(days=number)
    body = JOINT_ES.replace("240 millones", f"{1000 + number} millones")
    title, notice = exchange_rate(f"{day.day} de febrero", f"19.{4000 + number}", f"21.{number}", "6.25")
    return [
        release("mx_sre", f"a{number}", body, f"Título {number}", said_on=day),
        release("mx_segob", f"b{number}", body, f"Título {number}", said_on=day),
        translation("mexidata", f"id{number}", JOINT_EN, ["mx.sre", "mx.segob"], day),
        release("mx_shcp", f"t{number}", notice, title, said_on=day),
    ]


def _queries(connection: Connection, number: int) -> int:
    made = _group(number)
    save_releases(connection, "run-1", made, NOW)
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    result = link_releases(connection, [each.id for each in made], NOW)
    event.remove(connection, "before_cursor_execute", count)
    assert len(result.joined) == 3
    return len(asked)


def test_the_number_of_queries_does_not_grow_with_what_is_stored(database: Database) -> None:
    with database.write() as connection:
        keep(connection, _group(0))
        few = _queries(connection, 1)
        for number in range(2, 20):
            keep(connection, _group(number))
        many = _queries(connection, 20)
    assert many <= few + 2
    assert many < 40
