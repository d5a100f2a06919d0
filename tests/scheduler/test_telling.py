"""People are told once when a source breaks and once when it heals; machines whether the service lives."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.alerts import Alerts, AlertsUnusable, apprise_to
from scheduler.heartbeat import Heartbeat
from scheduler.metrics import Metrics
from storage.database import Database
from storage.health import keep_health
from storage.notices import list_notices
from tests.clock import Clock
from tests.hearing import Heard, hearing
from tests.scheduler.commands import type_command


@pytest.fixture
def heard() -> Iterator[Heard]:
    with hearing() as found:
        yield found


def becomes(database: Database, source: str, state: str, now: datetime) -> None:
    with database.write() as connection:
        keep_health(connection, source, state, f"{source} is {state}", {}, None, now)


def alerts_to(heard: Heard, database: Database) -> Alerts:
    return Alerts(database, apprise_to([heard.json_url]))


def go_round(alerts: Alerts, clock: Clock) -> int:
    """Write and deliver, as the service does in every minute."""
    alerts.write(clock())
    return alerts.deliver(clock())


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2017, 3, 1, 12, tzinfo=UTC))


def test_one_message_when_a_source_breaks_and_one_when_it_heals(
    heard: Heard, database: Database, clock: Clock
) -> None:
    alerts = alerts_to(heard, database)
    becomes(database, "mx_sre", "healthy", clock())
    clock.advance(hours=1)
    assert go_round(alerts, clock) == 0, "a source that is well needs no word"
    becomes(database, "mx_sre", "blocked", clock())
    clock.advance(minutes=11)
    assert [go_round(alerts, clock) for _ in range(3)] == [1, 0, 0]
    becomes(database, "mx_sre", "healthy", clock())
    clock.advance(hours=2)
    assert [go_round(alerts, clock) for _ in range(3)] == [1, 0, 0]
    assert [each["title"] for each in heard.told] == [
        "Communique: mx_sre is blocked", "Communique: mx_sre is healthy again",
    ]  # fmt: skip
    assert "mx_sre is blocked" in heard.told[0]["message"]


def test_what_breaks_together_is_one_message_and_what_passes_is_none(
    heard: Heard, database: Database, clock: Clock
) -> None:
    alerts = alerts_to(heard, database)
    for number in range(30):
        becomes(database, f"s{number:02}", "blocked", clock())
    clock.advance(minutes=5)
    becomes(database, "s00", "healthy", clock())
    assert go_round(alerts, clock) == 0, "nobody is told before a state has held"
    clock.advance(minutes=6)
    assert go_round(alerts, clock) == 1
    assert heard.told[0]["title"] == "Communique: 29 sources need a look"
    clock.advance(minutes=10)
    assert go_round(alerts, clock) == 0


def test_a_source_that_flutters_makes_no_storm(heard: Heard, database: Database, clock: Clock) -> None:
    alerts = alerts_to(heard, database)
    for number in range(48):
        becomes(database, "mx_sre", "blocked" if number % 2 else "healthy", clock())
        clock.advance(minutes=15)
        go_round(alerts, clock)
    assert len(heard.told) <= 12, "an hour at least lies between two messages"


def test_a_restart_sends_nothing_twice(heard: Heard, database: Database, clock: Clock) -> None:
    becomes(database, "mx_sre", "challenged", clock())
    clock.advance(minutes=11)
    assert go_round(alerts_to(heard, database), clock) == 1
    clock.advance(hours=5)
    assert go_round(alerts_to(heard, database), clock) == 0
    assert len(heard.told) == 1


def test_what_could_not_be_delivered_is_tried_again_later(
    heard: Heard, database: Database, clock: Clock
) -> None:
    alerts = alerts_to(heard, database)
    becomes(database, "mx_sre", "silent", clock())
    clock.advance(minutes=11)
    heard.status = 500
    assert go_round(alerts, clock) == 0
    assert go_round(alerts, clock) == 0, "not at once"
    heard.status = 200
    clock.advance(minutes=2)
    assert go_round(alerts, clock) == 1
    assert len(heard.told) == 1
    with database.read() as connection:
        (notice,) = list_notices(connection)
    assert (notice.attempts, notice.delivered_at, notice.error) == (2, clock(), None)


def test_a_digest_goes_out_once_a_week(heard: Heard, database: Database, clock: Clock) -> None:
    alerts = alerts_to(heard, database)
    becomes(database, "mx_sre", "healthy", clock())
    for _ in range(4 * 21):
        clock.advance(hours=6)
        go_round(alerts, clock)
    assert [each["title"] for each in heard.told] == [
        f"Communique, week of 2017-03-{day:02}: 0 of 1 need a look" for day in (6, 13, 20)
    ]


def test_a_digest_does_not_name_every_source_of_a_new_service(
    heard: Heard, database: Database, clock: Clock
) -> None:
    alerts = alerts_to(heard, database)
    becomes(database, "mx_sre", "healthy", clock())
    becomes(database, "us_state", "blocked", clock())
    for _ in range(4 * 7):
        clock.advance(hours=6)
        go_round(alerts, clock)
    digest = next(each["message"] for each in heard.told if "week of" in each["title"])
    assert "1 changes in seven days" in digest
    assert "us_state: unknown -> blocked" in digest
    assert "mx_sre" not in digest


def test_the_service_tells_in_its_own_thread_and_only_when_it_is_the_one_at_work(
    heard: Heard, database: Database, clock: Clock
) -> None:
    alerts = alerts_to(heard, database)
    becomes(database, "mx_sre", "blocked", clock())
    clock.advance(minutes=11)
    alerts.tick(clock())
    alerts.started(clock())
    alerts.tick(clock())
    assert alerts._delivering is not None
    assert alerts._delivering.result(timeout=60) == 1
    alerts.stopped(clock())
    assert len(heard.told) == 1


def test_an_address_that_is_none_is_refused_without_repeating_it(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AlertsUnusable) as refused:
        apprise_to(["nonsense://user:secret@example.org"])
    assert "secret" not in str(refused.value) + caplog.text


def test_a_test_message_is_sent_by_command(heard: Heard, tmp_path: Path) -> None:
    sent = type_command("alerts", "test", "--alert", heard.json_url, "--data", tmp_path)
    assert sent.code == 0, sent.err
    assert heard.told[0]["title"] == "Communique: a test"
    heard.status = 500
    assert type_command("alerts", "test", "--alert", heard.json_url, "--data", tmp_path).code == 1
    nobody = type_command("alerts", "test", "--data", tmp_path)
    assert nobody.code == 1
    assert "COMMUNIQUE_ALERTS" in nobody.err


def test_a_port_that_somebody_has_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        refused = type_command("schedule", "run", "--once", "--metrics", port, "--data", tmp_path)
    assert refused.code == 2
    assert f"found {port}: Address already in use" in refused.err


def test_a_heartbeat_starts_goes_on_and_fails_with_the_database(
    heard: Heard, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat = Heartbeat(f"{heard.url}/ping/uuid", database)
    heartbeat.tick(clock())  # it stands by: another service tells
    heartbeat.started(clock())
    heartbeat.tick(clock())
    heartbeat.tick(clock())
    clock.advance(minutes=5)
    monkeypatch.setattr(database, "revision", lambda: (_ for _ in ()).throw(OSError("gone")))
    heartbeat.tick(clock())
    heartbeat.stopped(clock())
    assert heard.asked == ["/ping/uuid/start", "/ping/uuid", "/ping/uuid/fail"]


def test_a_heartbeat_that_is_not_heard_harms_nobody(database: Database, clock: Clock) -> None:
    heartbeat = Heartbeat("http://127.0.0.1:1/ping", database)
    heartbeat.started(clock())
    heartbeat.stopped(clock())
    with pytest.raises(ValueError, match="COMMUNIQUE_HEARTBEAT"):
        Heartbeat("file:///etc/passwd", database)


def get(metrics: Metrics, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_healthz_is_red_when_the_loop_is_dead_and_metrics_are_told_all_the_same(
    database: Database, clock: Clock
) -> None:
    becomes(database, "mx_sre", "blocked", clock())
    seconds = [0.0]
    metrics = Metrics(database, 0, monotonic=lambda: seconds[0])
    try:
        metrics.started(clock())
        seconds[0] = 59
        assert get(metrics, "/healthz")[0] == 200
        seconds[0] = 61
        status, told = get(metrics, "/healthz")
        assert (status, told[:4]) == (503, "dead")
        metrics.tick(clock() + timedelta(seconds=61))
        assert get(metrics, "/healthz")[0] == 200
        status, shown = get(metrics, "/metrics")
        assert status == 200
        assert 'communique_source_health{source="mx_sre",state="blocked"} 1.0' in shown
        assert 'communique_source_healthy{source="mx_sre"} 0.0' in shown
        assert "communique_service_at_work 1.0" in shown
        assert get(metrics, "/elsewhere")[0] == 404
    finally:
        metrics.stopped(clock())
