"""A new source: its definition, samples to fill in, and its row in the README's table."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from crawler.bodies import COUNTRIES

_NAME = re.compile(r"[a-z]{2,3}(_[a-z0-9]+)+")

DEFINITION = '''"""{title}."""

from datetime import date

from crawler.declare import {words}
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class {class_name}(Source):
    """{title}."""

    title = {title!r}
    issuers = ({issuer!r},)
    languages = {languages}
    timezone = {timezone!r}
    hosts = ({host!r},)
    discover = {discover}
    address = Address(r"{host_pattern}{path}$", {key!r})
    release = Fields(
        title="h1",
        body="div.text",
        posted=Date("time::attr(datetime)"),
    )
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE, labels=usual({spoken}))
    archive_from = date({year}, {month}, {day})
    every = Every(hours=6)
    expect = PerWeek(at_least=1, at_most=50)
    terms = "Not looked up yet: may the texts be republished?"
    facts = ("L: drafted by communique source new; selectors are to be taken from the site",)
    unverified = ("everything: nobody has compared this definition with the live site",)
'''
LISTING = """Listing(
        url={url!r},
        container="main",
        entry="main li",
        link="a",
        title="a",
        posted=Date("time::attr(datetime)"),{pages}
    )"""
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{headline} | {title}</title></head>
<body>
<nav><a href="/">Start</a></nav>
<main>
<h1>{headline}</h1>
<time datetime="{day}">{day}</time>
<div class="text">
<p>First paragraph, to be written by you in {language}: what was decided, by whom, and where.</p>
<p>Second paragraph, to be written by you: the reasons that were given, and figures that are made up.</p>
<p>Third paragraph, to be written by you: what is to happen next, and when.</p>
</div>
</main>
</body>
</html>
"""
INDEX = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<main><ul>
<li><a href="{address}">{headline}</a> <time datetime="{day}">{day}</time></li>
</ul></main>
</body>
</html>
"""
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{title}</title>
<item><title>{headline}</title><link>{address}</link><pubDate>{stamp}</pubDate></item>
</channel></rss>
"""


class NotWritten(Exception):
    """Nothing was written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What must be known of a source before it can be defined."""

    name: str
    title: str
    issuer: str
    languages: tuple[str, ...]
    timezone: str
    path: str
    """Regular expression over the path of a release, without the slash before it."""
    archive_from: date
    listing: str | None = None
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what a person has to do."""

    files: tuple[Path, ...]
    further: tuple[str, ...]


def write(newcomer: Newcomer, tree: Path) -> Written:
    """Write the source into a checkout; NotWritten when it is there, or when the import refuses it."""
    if not _NAME.fullmatch(newcomer.name):
        raise NotWritten(
            f"expected a name like at_bmeia (<country>_<body>, lower case), found {newcomer.name!r}"
        )
    if newcomer.listing is None and newcomer.feed is None:
        raise NotWritten("expected the address of a listing or of a feed, found neither")
    country = newcomer.name.partition("_")[0]
    definition = tree / "crawler" / "sources" / ("gb" if country == "uk" else country) / f"{newcomer.name}.py"
    samples = tree / "tests" / "samples" / newcomer.name
    if not (tree / "crawler" / "source.py").is_file():
        raise NotWritten(f"{tree}: expected a checkout of the project, found no crawler/source.py in it")
    for path in (definition, samples):
        if path.exists():
            raise NotWritten(f"{path}: is there already; choose another name, or go on with that one")
    text = definition_of(newcomer)
    problem = _import_problem(text, newcomer, tree)
    missing_body = problem is not None and ".issuers:" in problem
    if problem is not None and not missing_body:
        raise NotWritten(f"the definition would be refused: {problem}")
    definition.parent.mkdir(parents=True, exist_ok=True)
    definition.write_text(text, "utf-8")
    files = [definition, *_write_samples(newcomer, samples)]
    further = []
    if missing_body:
        further.append(
            f"{newcomer.issuer} is not in crawler/bodies yet. Add it there, with its names in the languages "
            f"of its releases, as the table of bodies has them: "
            f'body("{newcomer.issuer}", en="...", {newcomer.languages[0].partition("-")[0]}="...")'
        )
        if newcomer.issuer.partition(".")[0] not in COUNTRIES:
            further.append(
                "And its country, to COUNTRIES in the same file, with the words that stand before and after "
                f'names of its bodies: "{newcomer.issuer.partition(".")[0]}": Country(("...",), ("of ...",))'
            )
    else:
        _run(tree, "-m", "crawler.catalogue", "--write", "README.md")
        files.append(tree / "README.md")
    further += [
        "Put the site's selectors into the definition, its markup with your own texts into the samples.",
        f'Then: communique source check {newcomer.name}; review what it drafts, and delete "reviewed".',
    ]
    if missing_body:
        further.append("Then the table: python -m crawler.catalogue --write README.md")
    return Written(tuple(files), tuple(further))


def definition_of(newcomer: Newcomer) -> str:
    """The text of a definition, formatted as the house formats."""
    url = newcomer.listing or newcomer.feed or ""
    host = urlsplit(url).hostname or ""
    groups = re.findall(r"\(\?P<(\w+)>", newcomer.path)
    if not groups:
        raise NotWritten(
            f"expected --path with a named group, such as news/(?P<slug>[^/]+), found {newcomer.path!r}"
        )
    numbered = "{page}" in url
    pages = "\n        pages=Pages.numbered(first=1)," if numbered else ""
    discover = LISTING.format(url=url, pages=pages) if newcomer.listing else f"Feed(url={url!r})"
    words = {
        "Address",
        "Date",
        "Every",
        "Fields",
        "Kinds",
        "PerWeek",
        "Listing" if newcomer.listing else "Feed",
    }
    if newcomer.listing and numbered:
        words.add("Pages")
    text = DEFINITION.format(
        title=newcomer.title.replace('"', "'"),
        words=", ".join(sorted(words)),
        class_name="".join(part.capitalize() for part in newcomer.name.split("_")),
        issuer=newcomer.issuer,
        languages=repr(newcomer.languages),
        timezone=newcomer.timezone,
        host=host,
        host_pattern=re.escape(host.removeprefix("www.")) + "/",
        discover=discover,
        path=newcomer.path.lstrip("/"),
        key="/".join(f"{{{each}}}" for each in groups),
        spoken=", ".join(repr(each.partition("-")[0]) for each in newcomer.languages),
        year=newcomer.archive_from.year,
        month=newcomer.archive_from.month,
        day=newcomer.archive_from.day,
    )
    return _formatted(text)


def _formatted(text: str) -> str:
    """As ruff formats, where it is installed (it comes with the tools of contributors)."""
    quoted = re.sub(r"'([^'\"\\\n]*)'", r'"\1"', text)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "format", "--line-length", "110", "-"],
            input=quoted, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError:
        return quoted
    return done.stdout if done.returncode == 0 and done.stdout else quoted


def _import_problem(text: str, newcomer: Newcomer, tree: Path) -> str | None:
    """What the import says against a definition, in a child so that nothing stays; None: it is accepted."""
    script = (
        "import sys, tempfile; from pathlib import Path; from crawler.source import load_source\n"
        "from crawler.declare import DefinitionError\n"
        "folder = Path(tempfile.mkdtemp()) / sys.argv[1]; folder.mkdir()\n"
        "path = folder / (sys.argv[2] + '.py'); path.write_text(sys.stdin.read(), 'utf-8')\n"
        "try: load_source(path)\n"
        "except DefinitionError as error: print(error)\n"
    )
    country = newcomer.name.partition("_")[0]
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-c", script, country, newcomer.name],
        input=text, capture_output=True, text=True, cwd=tree, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    return done.stdout.strip() or None


def _run(tree: Path, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, *words], cwd=tree, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotWritten(f"{' '.join(words)}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")


def _write_samples(newcomer: Newcomer, samples: Path) -> list[Path]:
    """A release in every language, and the index."""
    url = newcomer.listing or newcomer.feed or ""
    host = urlsplit(url).hostname or ""
    day = newcomer.archive_from
    values = {"title": newcomer.title, "headline": "Headline, to be written by you", "day": day.isoformat()}
    written: list[Path] = []
    address = ""
    for language in newcomer.languages:
        slug = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", f"headline-{language}", newcomer.path.lstrip("/"))
        plain = re.sub(r"[\\^$]", "", slug)
        address = f"https://{host}/{plain}"
        folder = samples / f"release-{language}"
        written += _write(
            folder, "page.html", PAGE.format(language=language, **values), address, language, day
        )
    language = newcomer.languages[0]
    first = url.replace("{page}", "1").replace("{language}", language)
    if newcomer.listing:
        index = INDEX.format(language=language, address=address, **values)
        written += _write(samples / "listing", "listing.html", index, first, language, day, discovery=0)
    else:
        stamp = day.strftime("%a, %d %b %Y 09:00:00 +0000")
        feed = FEED.format(address=address, stamp=stamp, **values)
        written += _write(samples / "feed", "feed.xml", feed, first, language, day, discovery=0)
    return written


def _write(
    folder: Path, name: str, text: str, url: str, language: str, day: date, discovery: int | None = None
) -> list[Path]:
    kind = "application/rss+xml" if name.endswith(".xml") else "text/html"
    meta: dict[str, object] = {
        "url": url,
        "captured_at": f"{day.isoformat()}T23:00:00+00:00",
        "language": language,
        "content_type": f"{kind}; charset=utf-8",
    }
    if discovery is not None:
        meta["discovery"] = discovery
    meta["provenance"] = (
        "Written by us in the shape of ... (say which page, and what in it is an assumption)."
    )
    folder.mkdir(parents=True)
    (folder / name).write_text(text, "utf-8")
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return [folder]
