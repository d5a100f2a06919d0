"""A page that reads otherwise than before is an edit only where the site changed it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.replica import Replica
from storage.database import Database
from tests.scheduler.commands import type_command


def read_otherwise(url: str) -> None:
    """As if a former reader had taken another title from all pages; and no page says when it was changed."""
    database = Database(url)
    with database.write() as connection:
        for change in (
            "update releases set title = 'DHS | ' || title, content_digest = 'sha256:former ' || id",
            "update revisions set title = 'DHS | ' || title, content_digest = 'sha256:former ' || release_id",
            "update addresses set etag = null, last_modified = null",
        ):
            connection.execute(text(change))
    database.close()


def test_what_the_reader_changed_is_put_right_and_what_the_site_changed_is_an_edit(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--data", tmp_path, "--database", database_url)
    with Replica(releases=20, seed=7) as replica:
        for name, value in replica.environment.items():
            monkeypatch.setenv(name, value)
        ours = [each for one in replica.truth for each in one.releases if each.source == "us_dhs"]
        days = sorted(each.posted_on for each in ours)
        assert type_command("crawl", "us_dhs", "--since", days[0], *where).code == 0
        read_otherwise(database_url)
        replica.edit(ours[0].url)

        crawled = type_command("crawl", "us_dhs", "--again", "--since", days[0], *where, "--json")
        assert crawled.code == 0, crawled.err
        counts = crawled.lines[0]["counts"]
        assert (counts["corrected"], counts["revised"]) == (len(ours), 1)

    (change,) = type_command("changes", *where, "--json").lines
    assert (change["kind"], change["url"]) == ("edited", ours[0].url)
    assert change["difference"]["fields"] == []
    assert change["difference"]["sentences"]
    kept = {
        release["url"]: (release["title"], release["revision"])
        for line in type_command("statements", *where, "--json").lines
        for release in line["releases"]
    }
    assert {url: number for url, (_, number) in kept.items()} == {
        each.url: 2 if each is ours[0] else 1 for each in ours
    }
    assert not [title for title, _ in kept.values() if title.startswith("DHS | ")]
