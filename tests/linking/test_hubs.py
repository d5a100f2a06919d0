"""A value that very many releases share ties nobody."""

from __future__ import annotations

from datetime import timedelta

from crawler.items import ClaimKind, Release
from storage.database import Database
from storage.links import HUB_ABOVE
from tests.linking.shelf import DAY, NOW, keep, release, state, together
from tests.linking.texts import exchange_rate


def _page(number: int, value: str = "uk_fcdo|same-everywhere") -> Release:
    return release(
        "uk_fcdo",
        f"p{number}",
        f"Release {number} says something that no other release says: {number * 7919} and {number * 104729}.",
        language=("en", "cy")[number % 2],
        said_on=DAY + timedelta(days=number % 20),
        claims=[(ClaimKind.SHARED_ID, value)],
    )


def test_an_id_that_everything_shares_is_no_id(database: Database) -> None:
    with database.write() as connection:
        few = [_page(number) for number in range(2)]
        assert keep(connection, few).hubs == ()
        assert together(connection, few)
        result = keep(connection, [_page(number) for number in range(2, HUB_ABOVE + 1)])
        assert result.hubs == ("shared id: uk_fcdo|same-everywhere",)
        assert set(result.split) == {few[0].id, few[1].id}
        found = state(connection)
        assert all(len(group) == 1 for group in found.statements)
        assert found.links == frozenset()


def test_below_the_limit_a_shared_id_counts(database: Database) -> None:
    with database.write() as connection:
        result = keep(
            connection, [_page(number, f"uk_fcdo|{number // 2}") for number in range(HUB_ABOVE + 10)]
        )
        assert result.hubs == ()
        assert all(len(group) == 2 for group in state(connection).statements)


def test_a_wording_used_every_day_still_ties_the_copies_of_one_day(database: Database) -> None:
    def notice(source: str, number: int) -> Release:
        day = DAY + timedelta(days=number)
        # The same body every day: only the day itself tells them apart.
        _, body = exchange_rate("día de hoy", "19.4001", "21.1001", "6.25")
        return release(source, f"tipo-{number}", body, f"Aviso {number}", said_on=day, posted_on=day)

    daily = [notice("mx_shcp", number) for number in range(HUB_ABOVE + 5)]
    copy = notice("otro_espejo", HUB_ABOVE + 2)
    with database.write() as connection:
        for start in range(0, len(daily), 10):
            keep(connection, daily[start : start + 10])
        result = keep(connection, [copy], NOW)
        assert any(each.startswith("band: ") for each in result.hubs)
        assert together(connection, [daily[HUB_ABOVE + 2], copy])
        assert all(len(group) == 1 for group in state(connection).statements if copy.id not in group)
