"""Pages that are not what was asked for although the server says "200 OK".

Bot checks, "not found", error pages and login walls. A page is judged by what only such pages have: a title
that is nothing but the phrase, together with next to no text, or the check's own markup. A release that
*talks about* errors, logins or bot checks has more text than that, and a layout of the source that fits.
Markers: sites dossier (Akamai sec-cpt on gob.mx, F5 on mid.ru) and the vendors' own page sources.
"""

from __future__ import annotations

import re

from crawler.items import FailureKind
from crawler.pages.dates import fold
from crawler.pages.page import Page
from crawler.pages.reading import Failure

_LITTLE_TEXT = 1500
"""Characters of text outside links: more than any check or error page shows, menus not counted."""
_SHORT_RELEASE = 600
"""Characters of body below which a release may be an error page in the site's own frame."""

# In the raw bytes, with the name for a person. A site behind such a service may carry its script on every
# page, so a marker counts only on a page with next to no text.
_CHALLENGE_MARKERS = (
    (b"sec-cpt-if", "Akamai bot check (sec-cpt)"),
    (b"sec-container", "Akamai bot check (sec-cpt)"),
    (b"/_sec/cp_challenge", "Akamai bot check"),
    (b"_Incapsula_Resource", "Imperva Incapsula bot check"),
    (b"/cdn-cgi/challenge-platform", "Cloudflare bot check"),
    (b"cf-browser-verification", "Cloudflare bot check"),
    (b"cf_chl_opt", "Cloudflare bot check"),
    (b"cf-chl-", "Cloudflare bot check"),
    (b"bobcmn", "F5 bot check (bobcmn)"),
    (b"ddos-guard", "DDoS-Guard bot check"),
    (b"captcha-delivery.com", "DataDome bot check"),
    (b"px-captcha", "PerimeterX bot check"),
    (b"awsWafCookieDomainList", "AWS WAF bot check"),
)


def _phrases(text: str) -> frozenset[str]:
    return frozenset(fold(line) for line in text.strip().splitlines() if line.strip())


_CHALLENGE_TITLES = _phrases("""
    Challenge Validation
    Just a moment
    Attention Required! | Cloudflare
    Attention Required!
    Checking your browser
    Checking your browser before accessing
    One moment, please
    Please wait
    DDoS-Guard
    Are you a robot?
    Robot Check
    Human Verification
    Verifying you are human
    Security Check
    Un momento
    Un instant
    Einen Moment
    Um momento
    Pardon Our Interruption
""")
_NOT_FOUND_TITLES = _phrases("""
    404
    410
    not found
    page not found
    the page cannot be found
    the page could not be found
    page cannot be found
    page can't be found
    we can't find that page
    we couldn't find that page
    we couldn't find the page you are looking for
    sorry, we couldn't find that page
    sorry, page not found
    oops! page not found
    this page does not exist
    the page you requested could not be found
    the page you are looking for does not exist
    the requested page could not be found
    object not found
    file not found
    file or directory not found
    content not found
    no encontrado
    no encontrada
    página no encontrada
    página no disponible
    página no existente
    la página no existe
    esta página no existe
    la página no fue encontrada
    no se encontró la página
    no se encuentra la página
    la página solicitada no existe
    la página solicitada no fue encontrada
    la página que busca no existe
    la página que buscas no existe
    contenido no encontrado
    page introuvable
    page non trouvée
    cette page n'existe pas
    la page demandée n'existe pas
    la page que vous recherchez n'existe pas
    nous ne pouvons trouver cette page web
    we couldn't find that web page
    seite nicht gefunden
    seite wurde nicht gefunden
    die seite wurde nicht gefunden
    die seite konnte nicht gefunden werden
    die angeforderte seite wurde nicht gefunden
    diese seite existiert nicht
    dokument nicht gefunden
    página não encontrada
    pagina não encontrada
    a página não foi encontrada
    esta página não existe
    conteúdo não encontrado
    pagina non trovata
    la pagina non esiste
    la pagina richiesta non esiste
    pagina niet gevonden
    sidan hittades inte
    страница не найдена
    сторінку не знайдено
    sayfa bulunamadı
    nie znaleziono strony
    strona nie została znaleziona
    ページが見つかりません
    お探しのページは見つかりませんでした
    页面不存在
    找不到页面
    페이지를 찾을 수 없습니다
    الصفحة غير موجودة
""")
_ERROR_TITLES = _phrases("""
    internal server error
    server error
    service unavailable
    service temporarily unavailable
    temporarily unavailable
    bad gateway
    gateway timeout
    gateway time-out
    bad request
    forbidden
    access denied
    access forbidden
    too many requests
    runtime error
    application error
    database error
    error establishing a database connection
    an error occurred
    an error has occurred
    unexpected error
    error
    request rejected
    the requested url was rejected
    web page blocked
    under maintenance
    site under maintenance
    scheduled maintenance
    down for maintenance
    website is offline
    we'll be right back
    acceso denegado
    acceso restringido
    error interno del servidor
    servicio no disponible
    sitio en mantenimiento
    en mantenimiento
    página en mantenimiento
    accès refusé
    erreur
    erreur interne du serveur
    service indisponible
    site en maintenance
    zugriff verweigert
    interner serverfehler
    wartungsarbeiten
    acesso negado
    serviço indisponível
    em manutenção
    accesso negato
    blocked site error
    robot access control
""")
_LOGIN_TITLES = _phrases("""
    log in
    login
    sign in
    log on
    please log in
    please sign in
    login required
    authentication required
    sign in to your account
    sign in to continue
    iniciar sesión
    inicio de sesión
    inicia sesión
    identifíquese
    acceso de usuarios
    se connecter
    connexion
    identification
    anmelden
    anmeldung
    einloggen
    entrar
    iniciar sessão
    accedi
    accesso
    вход
""")

_SEPARATORS = re.compile(r"\s[|–—·»>-]+\s|\|")
_BARS = re.compile(r"\|")
# "404 - Page not found", "Error 404 (Not Found)", "HTTP 503: Service Unavailable".
_STATUS = re.compile(
    r"(?:http\s*)?(?:status\s*)?(?:error|fehler|erreur|erro|errore|ошибка)?\s*(?:code\s*)?([45]\d\d)\b"
)
_GLUE = " .!?…,;:|()[]{}\"'“”«»¡¿-–—"


def _judge_title(title: str, separators: re.Pattern[str] = _SEPARATORS) -> FailureKind | None:
    """The kind of page whose title this is, the site's name apart; None for any other title."""
    folded = fold(title)
    if not folded or len(folded) > 160:
        return None
    for part in (folded, *separators.split(folded)):
        kind = _judge_phrase(part.strip(_GLUE))
        if kind is not None:
            return kind
    return None


def _judge_phrase(phrase: str) -> FailureKind | None:
    for phrases, kind in (
        (_CHALLENGE_TITLES, FailureKind.CHALLENGE),
        (_NOT_FOUND_TITLES, FailureKind.SOFT_404),
        (_ERROR_TITLES, FailureKind.ERROR_PAGE),
        (_LOGIN_TITLES, FailureKind.LOGIN_WALL),
    ):
        if phrase in phrases:
            return kind
    status = _STATUS.match(phrase)
    if status is None:
        return None
    rest = phrase[status.end() :].strip(_GLUE)
    if rest and rest not in _NOT_FOUND_TITLES and rest not in _ERROR_TITLES:
        return None
    return FailureKind.SOFT_404 if status[1] in ("404", "410") else FailureKind.ERROR_PAGE


_EXPECTED = {
    FailureKind.CHALLENGE: "the page, but the server served a bot check",
    FailureKind.SOFT_404: "the page, but it says that it was not found",
    FailureKind.ERROR_PAGE: "the page, but it is an error message",
    FailureKind.LOGIN_WALL: "the page, but it asks to log in",
}


def _failure(kind: FailureKind, found: str) -> Failure:
    return Failure(kind, f"expected {_EXPECTED[kind]}: {found}")


def judge_release(title: str, body: tuple[str, ...]) -> Failure | None:
    """A failure when what a layout found is an error message in the site's own frame, or no title at all."""
    if not any(character.isalpha() for character in title):
        return Failure(
            FailureKind.LAYOUT,
            f"expected a title, found {title!r}, which has no word in it. "
            "The layout has changed: correct the definition.",
        )
    # "Airport – security check" is a headline; a bar before the site's name is not part of any.
    kind = _judge_title(title, _BARS)
    if kind is None or sum(map(len, body)) > _SHORT_RELEASE:
        return None
    return _failure(kind, f"title {title!r}")


def judge_page(page: Page) -> Failure | None:
    """A failure when a page that no layout fits is a bot check, an error message or a login form."""
    body = page.capture.body
    linked = sum(map(len, page.all("a")))
    unlinked = max(0, sum(map(len, page.paragraphs)) - linked)
    if unlinked > _LITTLE_TEXT:
        return None
    for title in (page.title, *page.all("h1")[:3]):
        kind = _judge_title(title)
        if kind is not None:
            return _failure(kind, f"title {title!r}, {unlinked} characters of text")
    for marker, name in _CHALLENGE_MARKERS:
        if marker in body:
            return _failure(FailureKind.CHALLENGE, f"{name}, {len(body)} bytes")
    if page.elements("input[type=password]"):
        return _failure(FailureKind.LOGIN_WALL, f"a password field and {unlinked} characters of text")
    return None


def judge_redirect(page: Page) -> Failure | None:
    """A failure when a page below the root was asked for and the site led to its start page instead."""
    asked, got = page.capture.url, page.url
    if asked == got or _path(asked) == "" or _path(got) != "":
        return None
    return Failure(FailureKind.SOFT_404, f"expected {asked}, but the site led to its start page {got}")


def _path(url: str) -> str:
    path = re.sub(r"^https?://[^/?#]*", "", url, flags=re.IGNORECASE).partition("#")[0]
    path = re.sub(r"/(?:index|home|default)\.\w+$", "/", path.partition("?")[0], flags=re.IGNORECASE)
    # A language alone is a start page too.
    return re.sub(r"^/[a-z]{2}(?:-[a-z]{2})?(?:/|$)", "/", path, flags=re.IGNORECASE).strip("/")
