"""Who may do what at the desk."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from scheduler.health.standing import standings
from storage.access import list_audit
from storage.decisions import latest_decisions
from storage.health import keep_health
from storage.questions import find_questions
from tests.scheduler.commands import ROOT, type_command
from tests.web.archive import NOW
from tests.web.conftest import PASSWORD, TOKEN, Filled, Site, form_of
from web.access import Attempts
from web.judging import Judging
from web.keys import password_fits, password_hash, signed, unsigned
from web.pages.sources import _stands

BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGES = ("/", "/changes", "/sources", "/sources/mx_sre", "/review", "/review/held", "/runs", "/take-away")


def question(site: Site) -> dict[str, str]:
    with site.desk.read() as connection:
        first = find_questions(connection, 1)[0]
    return {"left": first.left.id, "right": first.right.id, "verdict": "join"}


def decisions(site: Site) -> int:
    with site.desk.read() as connection:
        return len(latest_decisions(connection, 100))


@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_at_the_machine_may_read(site: Site, path: str) -> None:
    assert site.client.get(path).status_code == 200


def test_nobody_changes_anything_without_a_login(site: Site) -> None:
    answers = [
        site.client.post("/review", data=question(site)),
        site.client.post("/review/undo", data={"number": "1"}),
        site.client.post("/runs", data={"source": "mx_sre"}),
    ]
    assert [each.status_code for each in answers] == [303, 303, 303]
    assert all(each.headers["location"].startswith("/login") for each in answers)
    assert decisions(site) == 0


def test_a_decision_needs_the_form_of_the_same_session(site: Site) -> None:
    site.log_in("ben")
    asked = question(site)
    assert site.client.post("/review", data=asked).status_code == 403
    assert site.client.post("/review", data={**asked, "form": "guessed"}).status_code == 403
    assert decisions(site) == 0
    answer = site.client.post("/review", data={**asked, "form": site.form("/review")})
    assert answer.status_code == 303
    assert decisions(site) == 1


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_page_of_another_site_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    site.log_in("ben")
    asked = {**question(site), "form": site.form("/review")}
    assert site.client.post("/review", data=asked, headers=headers).status_code == 403
    assert decisions(site) == 0


def test_what_somebody_may_not_is_refused_with_the_right_that_is_missing(site: Site) -> None:
    site.log_in("cleo")
    answer = site.client.post("/review", data={**question(site), "form": "x"})
    assert answer.status_code == 403
    assert "right to decide" in answer.text
    site.log_in("ben")
    answer = site.client.post("/runs", data={"source": "mx_sre", "form": site.form("/review")})
    assert answer.status_code == 403
    assert "right to run" in answer.text


def test_a_token_decides_and_an_unknown_one_does_not(site: Site) -> None:
    asked = question(site)
    wrong = site.client.post("/review", data=asked, headers={"Authorization": "Bearer cq_wrong"})
    assert wrong.status_code == 401
    assert site.client.post("/review", data=asked, headers=BEARER).status_code == 303
    assert decisions(site) == 1


def test_what_is_done_is_written_down_with_who_when_and_from_where(site: Site) -> None:
    site.client.post("/review", data=question(site), headers=BEARER)
    site.log_in("ben", "a wrong password")
    site.log_in("ben")
    with site.desk.read() as connection:
        deeds = [each.deed for each in list_audit(connection, 10)]
    assert [(each.who, each.way, each.action) for each in deeds] == [
        ("ben", "login", "login"),
        ("ben", "login", "login failed"),
        ("newsroom", "token", "join"),
    ]
    assert {each.place for each in deeds} == {"testclient"}
    page = site.client.get("/audit").text
    assert "login failed" in page
    assert "newsroom" in page


def test_what_the_service_judged_lately_is_told_without_judging_again(site: Site) -> None:
    with site.desk.write() as connection:
        keep_health(connection, "mx_sre", "silent", "Nothing for <9> days.", {}, None, NOW)
    told = site.desk.standing.get(lambda: _stands(site.desk)).listed
    (kept,) = (each.standing for each in told if each.name == "mx_sre")
    assert (kept.state, kept.words, kept.reason) == ("failing", "silent", "Nothing for <9> days.")
    site.clock.advance(hours=3)
    site.desk.judging = Judging(site.desk.database, site.desk.clock, patience=60)
    (judged,) = (each.standing for each in _stands(site.desk).listed if each.name == "mx_sre")
    assert judged.reason != kept.reason


def test_no_page_waits_for_judgements_and_says_how_old_they_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def late(*asked: Any) -> Any:  # noqa: ANN401 - as it is
        assert go_on.wait(60)
        return standings(*asked)

    monkeypatch.setattr("web.judging.standings", late)
    with site.desk.write() as connection:
        keep_health(connection, "mx_sre", "silent", "Nothing for 9 days.", {}, None, NOW)
    site.clock.advance(hours=5)
    site.desk.judging = Judging(site.desk.database, site.desk.clock, patience=0)
    page = site.client.get("/sources").text
    assert "judged 5 hours ago" in page
    assert "being judged now" in page
    go_on.set()
    while (working := site.desk.judging._working) is not None and working.is_alive():
        working.join()
    site.desk.standing.forget()
    assert "being judged" not in site.client.get("/sources").text


def test_a_session_ends_with_its_time_its_logout_and_its_user(site: Site) -> None:
    site.log_in("ana")
    assert "Log out" in site.client.get("/").text
    site.clock.advance(hours=13)
    assert "Log out" not in site.client.get("/").text
    site.log_in("ana")
    cookie = site.client.cookies["communique_session"]
    site.client.post("/logout", data={"form": site.form("/runs")})
    site.client.cookies.set("communique_session", cookie)
    assert "Log out" not in site.client.get("/").text


def test_a_forged_session_is_nobody(site: Site) -> None:
    site.client.cookies.set("communique_session", "someone.forged")
    assert "Log out" not in site.client.get("/").text


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(site: Site) -> None:
    page = site.client.get("/login")
    data = {"name": "ana", "password": PASSWORD, "form": form_of(page.text)}
    told = site.client.post("/login", data=data).headers.get_list("set-cookie")
    session = next(each for each in told if each.startswith("communique_session"))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session


def test_after_five_failures_the_next_attempts_must_wait(site: Site) -> None:
    assert [site.log_in("ana", f"wrong {number}") for number in range(5)] == [403] * 5
    assert site.log_in("ana") == 429
    site.clock.advance(seconds=Attempts.WINDOW.total_seconds())
    assert site.log_in("ana") == 303


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil"])
def test_a_login_leads_nowhere_but_to_the_desk(site: Site, to: str) -> None:
    page = site.client.get("/login", params={"next": to})
    data = {"name": "ana", "password": PASSWORD, "form": form_of(page.text), "next": to}
    assert site.client.post("/login", data=data).headers["location"] == "/"


def test_read_only_means_that_nobody_changes_anything(site_at: Callable[..., Site]) -> None:
    site = site_at(read_only=True)
    assert site.client.post("/review", data=question(site), headers=BEARER).status_code == 403
    assert "Start a crawl" not in site.client.get("/runs").text
    assert decisions(site) == 0


def test_where_reading_needs_a_login_nothing_is_told_without_one(
    site_at: Callable[..., Site], filled: Filled
) -> None:
    site = site_at(login_to_read=True)
    released = filled.archive.original.id
    for path in (*PAGES, f"/releases/{released}/captures/1", f"/releases/{released}/citation.bib"):
        answer = site.client.get(path)
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")
    assert site.client.get("/api/v1/statements").status_code == 401
    assert site.client.get("/static/desk.css").status_code == 200
    assert site.client.get("/", headers=BEARER).status_code == 200
    site.log_in("cleo")
    assert site.client.get("/").status_code == 200


def test_a_name_that_leads_here_from_elsewhere_gets_nothing(site: Site) -> None:
    answer = site.client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "statements" not in answer.text


@pytest.mark.parametrize("kept", ["/archive", ""])
def test_the_desk_works_under_a_prefix_whether_the_proxy_keeps_it_or_not(
    site_at: Callable[..., Site], filled: Filled, kept: str
) -> None:
    site = site_at(root_path="/archive")
    page = site.client.get(f"{kept}/")
    assert page.status_code == 200
    assert 'href="/archive/sources"' in page.text
    assert site.client.get(f"{kept}/static/desk.css").status_code == 200
    answer = site.client.get(f"{kept}/releases/{filled.archive.original.id}")
    assert answer.headers["location"].startswith("/archive/statements/s")
    form = form_of(site.client.get(f"{kept}/login").text)
    assert form
    assert (
        site.client.post(f"{kept}/runs", data={"source": "mx_sre"})
        .headers["location"]
        .startswith("/archive/login")
    )


def test_a_body_that_is_too_large_is_not_read(site: Site) -> None:
    assert site.client.post("/review", content=b"x" * 70_000).status_code == 413


def test_every_answer_forbids_what_pages_do_not_need(site: Site) -> None:
    for path in ("/", "/static/desk.js", "/nothing", "/login"):
        headers = site.client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_a_password_is_kept_so_that_it_cannot_be_read() -> None:
    kept = password_hash("open sesame")
    assert "sesame" not in kept
    assert password_fits("open sesame", kept)
    assert not password_fits("open sesame ", kept)
    assert password_hash("open sesame") != kept


def test_a_signature_fits_its_purpose_and_its_text_only() -> None:
    value = signed(b"key", "session", "number")
    assert unsigned(b"key", "session", value) == "number"
    assert unsigned(b"key", "form", value) is None
    assert unsigned(b"other", "session", value) is None
    assert unsigned(b"key", "session", "other" + value) is None


class TestCommands:
    def test_a_person_is_added_listed_and_removed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("web.people._password", lambda: "long enough")
        place = ("--data", tmp_path)
        assert type_command("user", "add", "ana", "--may", "decide", *place).code == 0
        assert type_command("user", "add", "ana", *place).code == 1
        listed = type_command("user", "list", "--json", *place).lines
        assert [(each["name"], each["may"]) for each in listed] == [("ana", "decide")]
        assert type_command("user", "password", "ana", *place).code == 0
        assert type_command("user", "remove", "ana", *place).code == 0
        assert type_command("user", "remove", "ana", *place).code == 1
        deeds = type_command("audit", "--json", *place).lines
        assert [each["action"] for each in deeds] == ["user remove", "user password", "user add"]

    def test_a_token_is_shown_once_and_kept_as_a_digest(self, tmp_path: Path) -> None:
        place = ("--data", tmp_path)
        made = type_command("token", "add", "feed reader", "--days", "9", "--json", *place).lines[0]
        assert made["token"].startswith("cq_")
        listed = type_command("token", "list", "--json", *place)
        assert listed.lines[0]["name"] == "feed reader"
        assert made["token"] not in listed.out
        assert made["token"].encode() not in (tmp_path / "communique.db").read_bytes()
        assert type_command("token", "remove", "feed reader", *place).code == 0

    def test_a_short_password_an_unknown_right_and_an_empty_name_are_refused(self, tmp_path: Path) -> None:
        place = ("--data", tmp_path)
        assert type_command("user", "add", "ana", *place).code == 1
        assert type_command("user", "add", "ana", "--may", "fly", *place).code == 2
        assert type_command("user", "add", " ", *place).code == 2

    def test_an_address_of_the_network_needs_a_login_or_the_word_public(self, tmp_path: Path) -> None:
        typed = type_command("serve", "--host", "0.0.0.0", "--port", "0", "--data", tmp_path)
        assert typed.code == 1
        assert "--public" in typed.err
        assert "communique user add" in typed.err

    def test_a_port_that_is_taken_is_told_with_what_to_do(self, tmp_path: Path) -> None:
        import socket

        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen(1)
            typed = type_command("serve", "--port", taken.getsockname()[1], "--data", tmp_path)
        assert typed.code == 1
        assert "--port" in typed.err

    def test_a_prefix_that_is_none_is_wrong_usage(self, tmp_path: Path) -> None:
        assert type_command("serve", "--root-path", "a b", "--data", tmp_path).code == 2

    def test_the_desk_is_served_until_somebody_ends_it(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "scheduler", "serve", "--port", "0", "--data", str(tmp_path)]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            url = re.search(r"http://127\.0\.0\.1:\d+/", told)
            assert url is not None, told
            with urllib.request.urlopen(url[0], timeout=60) as answer:  # noqa: S310 - our own
                assert "Nothing is kept here yet" in answer.read().decode()
            headless = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            for endless in (
                b"GET /?q=" + b"a" * 1_000_000,
                headless + b"X-A: " + b"a" * 1_000_000,
                headless + b"X-A: a\r\n" * 200_000,
            ):
                assert _first_line(url[0], endless) in (b"HTTP/1.1 400 Bad Request", b"")
            assert _first_line(url[0], headless + b"\r\n") == b"HTTP/1.1 200 OK"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            process.communicate()

    def test_several_processes_change_nothing(self, tmp_path: Path) -> None:
        typed = type_command("serve", "--processes", "2", "--data", tmp_path)
        assert typed.code == 2
        assert "--read-only" in typed.err


def _first_line(url: str, request: bytes) -> bytes:
    """Of the answer to what is sent as it is; nothing where the connection ends in the middle of it."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as connection:
        try:
            connection.sendall(request)
            return connection.makefile("rb").readline().strip()
        except ConnectionError:
            return b""


def test_what_is_not_there_is_told_to_programs_as_every_other_error_is(site: Site) -> None:
    for path, status in (
        ("/api/v1/nothing", 404),
        ("/feeds/nothing.atom", 404),
        ("/api/v1/statements/x", 422),
        ("/api/v1/statements/r00000000000000000000", 404),
    ):
        answer = site.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
        assert answer.json()["detail"]
    refused = site.client.post("/api/v1/statements")
    assert (refused.status_code, refused.headers["content-type"]) == (405, "application/problem+json")
    assert "GET" in refused.headers["allow"]
