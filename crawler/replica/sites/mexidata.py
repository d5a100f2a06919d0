"""mexidata.info: numbered pages of a weekly mirror, as an editor of the 1990s writes HTML."""

from __future__ import annotations

import re
from datetime import date

from crawler.replica.composition import Composer, outline, stream
from crawler.replica.exchange import Request, Response
from crawler.replica.faults import Flavour
from crawler.replica.plan import FIRST_MIRROR_NUMBER, MIRROR_COLUMN, MIRROR_GAP
from crawler.replica.wording import FAMILY_NAMES, wordings
from crawler.replica.world import Entry, World

HOSTS = ("mexidata.info", "www.mexidata.info")
_ROBOTS = "User-agent: *\nDisallow: /private/\n"
_NUMBERED = re.compile(r"/id(\d{1,6})\.html?$")
_WORDS_PER_LINE = 11

_ABBREVIATIONS = {
    ("mx.sre",): ("SRE", "Ministry of Foreign Affairs", "Ministry of Foreign Affairs (SRE)"),
    ("mx.segob",): ("SEGOB", "Secretariat of Government", "Secretariat of Government (SEGOB)"),
    ("mx.shcp",): (
        "SHCP",
        "Ministry of Finance and Public Credit",
        "Ministry of Finance and Public Credit (SHCP)",
    ),
    ("mx.sre", "mx.segob", "mx.shcp"): (
        "SRE",
        "Secretariats of Foreign Affairs, Government, and Finance and Public Credit",
        "Joint SRE-SEGOB-SHCP Communique, Mexican Ministry of Foreign Affairs",
    ),
}
_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_NOTICE = (
    "FAIR USE NOTICE: As Title 17 U.S.C. Section 107 allows, texts are shown here without charge to readers "
    "who "
    "asked for them, for research and teaching. Their rights remain with those who issued them."
)


class Mexidata:
    """Answers for the mirror."""

    def __init__(self, world: World, page_size: int) -> None:
        self.world = world
        rows = max(0, page_size - 3_800) // 114
        self._side = "".join(
            f'<tr><td width="160" bgcolor="#eeeecc"><font size="1"><a href="archive{row}.html">Issue '
            f"{row}</a>"
            "</font></td></tr>\n"
            for row in range(rows)
        )

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The page at an address."""
        if request.path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain")
        match = _NUMBERED.match(request.path)
        place = int(match[1]) - FIRST_MIRROR_NUMBER if match else -1
        mirror = self.world.plan.mirror
        if request.path == "/":
            return _page("Home", self._side + _cell(_paragraphs(("MexiData.info", "Weekly"))))
        if not 0 <= place < len(mirror) or mirror[place] == MIRROR_GAP:
            return _page("404 Not Found", _cell("<h1>Not Found</h1>"), 404)
        found = mirror[place]
        if found >= 0:
            entry = self.world.entry(found)
            if entry.withdrawn:
                return _page("404 Not Found", _cell("<h1>Not Found</h1>"), 404)
            return self._show(entry.title, self._media(entry), place)
        monday = self._issue(place)
        column = found == MIRROR_COLUMN
        author = FAMILY_NAMES[stream(self.world.seed, place, 8).getrandbits(10) % len(FAMILY_NAMES)]
        text = Composer(outline(self.world.seed, 1 << 30 | place, monday), "en", "the author", "Comment")
        heading = f"{'Column' if column else 'Report'} {monday:%m%d%y} {author}"
        lines = (heading, _long_day(monday), text.title(), f"By {author}", *text.body()[1:])
        return self._show(text.title(), lines, place)

    def _issue(self, place: int) -> date:
        """The Monday of the issue that a column or report belongs to: that of the next release."""
        mirror = self.world.plan.mirror
        following = next(release for release in mirror[place:] if release >= 0)
        return self.world.entry(following).local.date()

    def _media(self, entry: Entry) -> tuple[str, ...]:
        monday = entry.local.date()
        short, offices, bodies = _ABBREVIATIONS[self.world.issuers(entry.number)]
        said = f"{_MONTHS[entry.said_on.month - 1]} {entry.said_on.day}, {entry.said_on.year}"
        if entry.family == "sre_both":
            foot = f"{bodies}, {said}, Mexico, DF; translation SRE (edited)"
        elif len(self.world.issuers(entry.number)) > 1:
            foot = f"{bodies}, {said}; translation"
        else:
            foot = f"{bodies}, {said}, Mexico, DF; translation"
        return (
            f"Media {monday:%m%d%y} {short}",
            _long_day(monday),
            entry.title,
            offices,
            *self.world.body(entry.number),
            foot,
        )

    def _show(self, title: str, lines: tuple[str, ...], place: int) -> Response:
        if place % 3 == 0:
            # The other habit of that editor: no paragraphs, two line breaks, and one inside sentences.
            text = "<br><br>\n".join(_broken(line, "<br>\n") for line in lines)
            body = f'<font face="Arial" size="2">{text}</font>'
        else:
            body = _paragraphs(lines)
        share = "<p>Share/Save/Bookmark Tell a Friend New Page 1</p>\n"
        notice = f'<p><font size="1">{_broken(_NOTICE)}</font></p>\n'
        return _page(title, self._side + _cell(f"{body}\n{share}{notice}"))


def _long_day(day: date) -> str:
    words = wordings()["en"]
    return f"{words.weekdays[day.weekday()]}, {words.day(day)}"


def _broken(text: str, break_: str = "\n") -> str:
    words = text.split(" ")
    return break_.join(
        " ".join(words[start : start + _WORDS_PER_LINE]) for start in range(0, len(words), _WORDS_PER_LINE)
    )


def _paragraphs(lines: tuple[str, ...]) -> str:
    return "".join(
        f'<p align="left"><font face="Arial" size="2">{_broken(line)}</font></p>\n' for line in lines
    )


def _cell(content: str) -> str:
    return f'<tr><td width="600" valign="top">\n{content}</td></tr>\n'


def _page(title: str, rows: str, status: int = 200) -> Response:
    text = (
        '<HTML>\n<HEAD>\n<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1252">\n'
        f'<TITLE>{title}</TITLE>\n</HEAD>\n<BODY BGCOLOR="#ffffff">\n<table width="760" border="0"><tr><td>'
        '<font size="1"><a href="index.html">Home</a> | <a href="columns.html">Columns, Commentary and '
        "News</a> | "
        '<a href="reports.html">Reports</a> | <a href="links.html">Links</a> | <a href="about.html">'
        "About/Contact</a>"
        f'</font></td></tr></table>\n<table width="760" border="0" cellpadding="4">\n{rows}</table>\n</BODY>'
        f"\n</HTML>\n"
    )
    # As such servers do: no charset in the header, the page itself declares it.
    return Response(status, text.encode("cp1252", "xmlcharrefreplace"), "text/html")
