"""www.gob.mx: listings and releases of three ministries, in the shapes that the platform has had."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from crawler.items import Role
from crawler.replica.addresses import AGENCIES
from crawler.replica.exchange import Request, Response, page, redirect
from crawler.replica.faults import Flavour
from crawler.replica.furniture import furniture
from crawler.replica.wording import wordings
from crawler.replica.world import Entry, World

HOSTS = ("www.gob.mx",)
PER_PAGE = 9
_NAMES = {
    "sre": "Secretaría de Relaciones Exteriores",
    "segob": "Secretaría de Gobernación",
    "shcp": "Secretaría de Hacienda y Crédito Público",
}
_ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /cms/admin/\nDisallow: /busqueda\n"
_LISTING = re.compile(r"/(sre|segob|shcp)(?:/(es|en))?/archivo/prensa$")
_ARTICLE = re.compile(r"/(sre|segob|shcp)(?:/e[sn])?/prensa/([a-z0-9-]+)$")
_JOINT_LINE = "Comunicado conjunto SRE-SEGOB-SHCP"


def folio_line(entry: Entry) -> str | None:
    """The number line as this agency prints it; None for releases without a number."""
    if not entry.folio:
        return None
    if entry.language == "en":
        return f"Press Release No. {entry.folio:03d}"
    return f"{'Boletín' if entry.source == 'mx_segob' else 'Comunicado'} No. {entry.folio:03d}"


class Headings:
    """Where a release shows its number and whose it is: agencies are not consistent about it."""

    def __init__(self, entry: Entry, repost: bool) -> None:
        folio = folio_line(entry)
        joint = _JOINT_LINE if entry.family.startswith("joint") else None
        self.title = entry.title
        self.summary: str | None = None
        self.opening: tuple[str, ...] = ()
        style = entry.number % 4
        if joint and (style < 2 or folio is None):
            self.title = f"{joint}. {entry.title}"
            joint = None
        if folio and (style < 2 or (style == 2 and joint)):
            self.title = f"{folio}{'.-' if repost else '.'} {self.title}"
            folio = None
        if style == 2:
            self.summary, joint, folio = (joint or folio), None, None if joint is None else folio
        self.opening = tuple(line for line in (folio, joint) if line)


class GobMx:
    """Answers for the platform."""

    def __init__(self, world: World, page_size: int) -> None:
        self.world = world
        self._furniture = furniture("es", max(0, page_size - 5_500))
        self._listed = {
            (agency, language): [
                release
                for release in world.order(source)
                if language == "es" or world.plan.version(release).language == "en"
            ]
            for agency, source in AGENCIES.items()
            for language in ("es", "en")
        }
        """The Spanish listing shows everything, the English one English releases only."""
        self._recent = lru_cache(maxsize=8)(self._make_recent)

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The page at an address."""
        if request.path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain")
        if match := _LISTING.match(request.path):
            return self._listing(match[1], match[2], request, flavour)
        if match := _ARTICLE.match(request.path):
            entry = self.world.find(AGENCIES[match[1]], match[2])
            if entry is not None and not entry.withdrawn:
                return page(self._article(match[1], entry, flavour))
        if request.path in ("/sre", "/segob", "/shcp"):
            return redirect(f"https://www.gob.mx{request.path}/archivo/prensa", 302)
        return page(self._frame("gob", "Página no encontrada", '<div class="error-404">404</div>'), 404)

    def _listing(self, agency: str, tree: str | None, request: Request, flavour: Flavour | None) -> Response:
        language = "en" if request.parameter("idiom", tree or "es").startswith("en") else "es"
        number = max(1, request.number("page", 1))
        if flavour is Flavour.FROZEN_LISTING:
            number = max(1, number - 1)
        gone = self.world.withdrawals
        everything = [each for each in self._listed[agency, language] if each not in gone]
        if request.parameter("order", "DESC").upper() == "ASC":
            everything.reverse()
        shown = everything[(number - 1) * PER_PAGE : number * PER_PAGE]
        if flavour is Flavour.EMPTY_LISTING:
            shown = []
        cards = [self._card(agency, self.world.entry(release), language, flavour) for release in shown]
        rows = "".join(
            f"<div class='row clearfix'>\n{''.join(cards[start : start + 3])}</div>\n"
            for start in range(0, len(cards), 3)
        )
        if flavour is Flavour.SCRIPT_LISTING:
            quoted = json.dumps(rows, ensure_ascii=False)[1:-1].replace("/", "\\/").replace("'", "\\'")
            script = f"$('#prensa').append('{quoted}');\n$('.pagination').html('');\n"
            return Response(body=script.encode(), content_type="text/javascript; charset=utf-8")
        last = -(-len(everything) // PER_PAGE)
        base = request.path + f"?idiom={language}&amp;order=DESC&amp;page="
        follow = (
            f'<li class="next"><a rel="next" href="{base}{number + 1}">»</a></li>' if number < last else ""
        )
        content = (
            f'<h1 class="sr-only">Prensa</h1>\n<div class="col-md-12 archives" id="prensa">\n{rows}</div>\n'
            f'<ul class="pagination"><li class="active"><a>{number}</a></li>{follow}</ul>\n'
        )
        return page(self._frame(agency, "Prensa | Archivo", content))

    def _card(self, agency: str, entry: Entry, language: str, flavour: Flavour | None) -> str:
        stamp = f"{entry.local:%Y-%m-%d %H:%M:%S}"
        old = agency == "shcp" or entry.number % 7 == 0 or flavour is Flavour.OLD_LAYOUT
        heading = Headings(entry, self._is_repost(entry)).title
        kind = "Press Release" if entry.language == "en" else "Comunicado"
        return (
            f'<div class="col-md-4">\n<article>\n<div class="guard-of"><img alt="{agency}" class="img_curve" '
            f'src="/cms/uploads/press/main_image/{300_000 - entry.number}/post.jpg" width="350" /></div>\n'
            f'<p><time {"date" if old else "datetime"}="{stamp}">{wordings()["es"].day(entry.local.date())} '
            f'<span class="sr-only">Fecha de publicación</span></time>\n'
            f'<span class="tag-presses small">{kind}</span></p>\n<h2>{heading}</h2>\n'
            f'<a class="small-link" href="/{agency}/prensa/{entry.slug}?idiom={language}" target="_blank">'
            f"Continuar leyendo</a>\n</article>\n</div>\n"
        )

    def _is_repost(self, entry: Entry) -> bool:
        return self.world.plan.version(entry.number).part[0] is Role.REPOST

    def _article(self, agency: str, entry: Entry, flavour: Flavour | None) -> str:
        heading = Headings(entry, self._is_repost(entry))
        posted = wordings()[entry.language].day(entry.local.date())
        kind = "Press Release" if entry.language == "en" else "Comunicado"
        if entry.language == "en":
            posted = f"{wordings()['en'].months[entry.local.month - 1]} {entry.local:%d, %Y}"
        old = flavour is Flavour.OLD_LAYOUT
        if old or entry.local.year <= 2022 or entry.number % 11 == 0:
            byline = (
                f'<section class="border-box"><dl><dt>Autor</dt>\n<dd>{_NAMES[agency]}</dd>\n'
                f"<dt>Fecha de publicación</dt>\n<dd>{posted}</dd>\n<dt>Categoría</dt>\n<dd>{kind}</dd></dl>"
                f"</section>\n"
            )
        else:
            byline = f"<section>\n<p>{_NAMES[agency]}  | {posted} | {kind}</p>\n</section>\n"
        paragraphs = (*heading.opening, *self.world.body(entry.number))
        if old or entry.local.year <= 2024 or entry.number % 13 == 0:
            inner = "".join(f"<p>{text}</p>\n" for text in paragraphs)
        else:
            inner = "".join(f'<div class="block"><div><p>{text}</p></div></div>\n' for text in paragraphs)
        if entry.number % 5 == 0:
            inner += '<p style="text-align: center;">—000—</p>\n'
        summary = f"<h2>{heading.summary}</h2>\n" if heading.summary else ""
        content = (
            f'{self._recent(agency)}<h1 class="bottom-buffer">{heading.title}</h1>\n{summary}{byline}'
            f'<div class="article-body">\n{inner}</div>\n'
        )
        return self._frame(agency, heading.title, content, entry)

    def _make_recent(self, agency: str) -> str:
        """The marquee of recent posts, before the release: its dates and links are traps."""
        items = []
        for release in self.world.order(AGENCIES[agency])[:4]:
            entry = self.world.entry(release)
            items.append(
                f'<li class="marque-news"><a href="/{agency}/prensa/{entry.slug}">{entry.title}</a> '
                f"<span>{entry.local:%Y-%m-%d %H:%M:%S} -0600</span></li>\n"
            )
        return (
            '<div class="main-post-list"><h3>Publicaciones Recientes</h3><ul>\n'
            + "".join(items)
            + "</ul></div>\n"
        )

    def _frame(self, agency: str, title: str, content: str, entry: Entry | None = None) -> str:
        name = _NAMES.get(agency, "gob.mx")
        meta = ""
        if entry is not None:
            meta = (
                f'<meta name="author" content="{name}">\n<meta property="og:title" content="{title}">\n'
                f'<meta property="og:url" content="http://www.gob.mx/{agency}/es/prensa/{entry.slug}">\n'
                f'<meta property="og:image" content="https://www.gob.mxhttps://www.gob.mx/cms/uploads/press/'
                f'main_image/{300_000 - entry.number}/post.jpg">\n'
            )
        return (
            f"<!DOCTYPE html>\n<html class='no-js' lang='es'>\n<head>\n<title>{title} | {name} | "
            f"gob.mx</title>\n"
            f"<meta charset='UTF-8'>\n{meta}</head>\n<body>\n<header><div class=\"navbar\">"
            f'<a href="/{agency}/en" title="English">English</a></div></header>\n{self._furniture.before}'
            f'<main class="inner-page"><div class="container">\n<ol class="breadcrumb"><li><a '
            f'href="/{agency}">'
            f"{name}</a></li><li>Prensa</li></ol>\n{content}</div></main>\n{self._furniture.after}"
            f'<footer class="main-footer"><div>gob.mx</div></footer>\n</body>\n</html>\n'
        )
