"""Pages that are not what was asked for."""

from __future__ import annotations

import pytest

from crawler.items import FailureKind
from crawler.pages.read import read_page
from tests.pages.definitions import SENTENCE, capture, define, html

SOURCE = define()

MENU = (
    "<div>"
    + "".join(f"<li><a href='/n{n}'>Section number {n} of the site</a></li>" for n in range(90))
    + "</div>"
)


def kind_of(body: str, **more: object) -> FailureKind | None:
    reading = read_page(SOURCE, capture(body, **more))  # type: ignore[arg-type]
    return reading.failure.kind if reading.failure is not None else None


CHALLENGES = [
    "<html><head><title>Challenge Validation</title></head><body><div id='sec-container'>"
    "<iframe id='sec-cpt-if' provider='crypto' src='/_sec/x'></iframe></div></body></html>",
    "<html><head><title>www.example.org</title></head><body><iframe src='//x/_Incapsula_Resource?a=1'>"
    "Request unsuccessful. Incapsula incident ID: 1</iframe></body></html>",
    "<html><head><title>Just a moment...</title></head><body><noscript>Use scripts</noscript></body></html>",
    "<html><body><script>window._cf_chl_opt={}</script></body></html>",
    "<html><body><script>window['bobcmn'] = '10111';</script>Data processing... Please, wait.</body></html>",
    "<html><title>Un momento…</title><script src='/cdn-cgi/challenge-platform/h/b'></script></html>",
]


@pytest.mark.parametrize("body", CHALLENGES)
def test_a_bot_check_served_as_200_is_a_challenge(body: str) -> None:
    assert kind_of(body) is FailureKind.CHALLENGE


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_bot_check_with_its_own_status_is_a_challenge_too(status: int) -> None:
    assert kind_of(CHALLENGES[0], status=status) is FailureKind.CHALLENGE


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Error 404 (Not Found)!!",
        "Page not found | Ministry of Examples",
        "Ministry of Examples - Página no encontrada",
        "PAGE INTROUVABLE",
        "Seite nicht gefunden – Ministerium",
        "Página não encontrada",
        "Pagina non trovata",
        "404 - Page Not Found",
        "Страница не найдена",
        "Sorry, we couldn't find that page.",
    ],
)
@pytest.mark.parametrize("frame", ["", MENU])
def test_not_found_said_with_200_is_a_soft_404(title: str, frame: str) -> None:
    body = f"<html><title>{title}</title><body>{frame}<h1>{title}</h1><p>Try the search.</p></body></html>"
    assert kind_of(body) is FailureKind.SOFT_404


def test_not_found_in_the_frame_of_a_release_is_a_soft_404() -> None:
    assert (
        kind_of(html("Page not found", "<p>The page you asked for has moved or never was.</p>"))
        is FailureKind.SOFT_404
    )


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("503 Service Unavailable", FailureKind.ERROR_PAGE),
        ("HTTP Error 500: Internal Server Error", FailureKind.ERROR_PAGE),
        ("Acceso denegado", FailureKind.ERROR_PAGE),
        ("Sitio en mantenimiento | Gobierno", FailureKind.ERROR_PAGE),
        ("Iniciar sesión", FailureKind.LOGIN_WALL),
        ("Sign in to your account", FailureKind.LOGIN_WALL),
    ],
)
def test_error_pages_and_login_walls_are_told_apart(title: str, kind: FailureKind) -> None:
    assert kind_of(f"<html><head><title>{title}</title></head><body><p>Sorry.</p></body></html>") is kind


def test_a_password_field_and_nothing_else_is_a_login_wall() -> None:
    body = "<html><title>Portal</title><body><form><input name=u> <input type=password></form></body></html>"
    assert kind_of(body) is FailureKind.LOGIN_WALL


@pytest.mark.parametrize(
    "title",
    [
        "404 houses rebuilt after the flood",
        "Page not found: how ministries lose their archives",
        "Minister on the login wall of public records",
        "Just a moment of silence, says the President",
        "Access denied to inspectors at the border",
        "500 internal refugees return",
        "Airport – Security check",
    ],
)
@pytest.mark.parametrize(
    "text", [SENTENCE, f"{SENTENCE} Error 404: page not found, said the login form. " * 3]
)
def test_a_release_that_talks_about_errors_is_a_release(title: str, text: str) -> None:
    reading = read_page(SOURCE, capture(html(title, f"<p>{text}</p>")))
    assert [item.title for item in reading.items] == [title]


def test_a_long_release_with_an_errors_title_is_a_release() -> None:
    reading = read_page(SOURCE, capture(html("Access denied", f"<p>{SENTENCE}</p>" * 9)))
    assert reading.items


def test_a_release_on_a_site_behind_a_bot_service_is_a_release() -> None:
    scripts = (
        "<script src='/_Incapsula_Resource?x'></script><script src='/cdn-cgi/challenge-platform/s'></script>"
    )
    login = "<form><input type='password'></form>"
    assert read_page(SOURCE, capture(html(around=scripts + login))).items


def test_being_led_to_the_start_page_is_a_soft_404() -> None:
    body = html("Welcome", f"<p>{SENTENCE}</p>" * 5)
    assert kind_of(body, final_url="https://www.example.org/es/") is FailureKind.SOFT_404
    assert kind_of(body, final_url="https://www.example.org/en/news/one") is None


def test_being_led_to_a_page_of_another_section_is_a_soft_404_unless_a_layout_fits() -> None:
    overview = f"<html><title>News</title><body><h1>News</h1><div>{SENTENCE * 9}</div></body></html>"
    assert kind_of(overview, final_url="https://www.example.org/archive/all") is FailureKind.SOFT_404
    assert kind_of(html(), final_url="https://www.example.org/archive/one") is None


def test_other_statuses_are_what_they_are() -> None:
    reading = read_page(SOURCE, capture(html(), status=500))
    assert reading.failure is not None
    assert reading.failure.kind is FailureKind.HTTP
    assert "500" in reading.failure.detail
    assert "https://www.example.org/news/one" in reading.failure.detail
