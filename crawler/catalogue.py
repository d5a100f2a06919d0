"""The sources for the README, made from the definitions: how many of which country, and a table to unfold.

`python -m crawler.catalogue` prints it, `--write README.md` puts it between the markers `<!-- sources -->`
and `<!-- /sources -->` of a file.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from babel import Locale

from crawler.declare import Api, Feed, Listing, Numbers, Sitemap
from crawler.issuers import ISSUERS
from crawler.source import Source, crawled_sources

BEGIN, END = "<!-- sources -->", "<!-- /sources -->"
_WAYS = {Listing: "listing", Sitemap: "sitemap", Feed: "feed", Api: "API", Numbers: "numbered pages"}
_SHOWN_LANGUAGES = 4
_NO_COUNTRY = {"eu": "European Union", "int": "international bodies"}
"""Folders of `crawler/sources` that are no country's."""


def is_pure_declaration(source: type[Source]) -> bool:
    """Whether the definition's own class holds values only; what a platform codes for all does not count."""
    return not any(name.startswith("read_") for name in vars(source))


def _languages(source: type[Source]) -> str:
    shown = source.languages[:_SHOWN_LANGUAGES]
    more = len(source.languages) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _whose(source: type[Source]) -> str:
    if source.issuers:
        return ISSUERS[source.issuers[0]].name()
    if source.mirrors is None:
        return source.title
    return f"{source.title}, a mirror of " + ", ".join(f"`{name}`" for name in source.mirrors.sources)


def table() -> str:
    """The sources that are crawled, as a Markdown table."""
    lines = [
        "| source | who speaks | languages | found by | host | since |",
        "|---|---|---|---|---|---|",
    ]
    for name, source in sorted(crawled_sources().items()):
        ways = ", ".join(dict.fromkeys(_WAYS[type(each)] for each in source.discoveries()))
        row = (
            f"`{name}`",
            _whose(source),
            _languages(source),
            ways,
            source.hosts[-1],
            source.archive_from.isoformat(),
        )
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def overview() -> str:
    """How many sources are crawled, in how many languages, and of whom."""
    sources = crawled_sources().values()
    territories = Locale("en").territories
    numbers = Counter(source.country for source in sources)
    named = [
        (number, _NO_COUNTRY.get(country) or territories.get(country.upper(), country))
        for country, number in numbers.items()
    ]
    languages = {language for source in sources for language in source.languages}
    listed = ", ".join(
        name if number == 1 else f"{name} ({number})"
        for number, name in sorted(named, key=lambda each: (-each[0], each[1]))
    )
    return f"{len(sources)} sources in {len(languages)} languages: {listed}."


def whole() -> str:
    """What stands between the markers: the overview, and the table to unfold."""
    return f"{overview()}\n\n<details>\n<summary>All of them</summary>\n\n{table()}\n\n</details>"


def with_table(text: str) -> str:
    """The text with the current table between its markers; ValueError when it has not one pair of them."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"expected one {BEGIN} followed by one {END}")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{whole()}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Print the table, or write it into a file."""
    parser = argparse.ArgumentParser(prog="python -m crawler.catalogue", description=__doc__)
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the table between the markers of FILE"
    )
    file: Path | None = parser.parse_args().write
    if file is None:
        print(whole())
        return
    try:
        file.write_text(with_table(file.read_text("utf-8")), "utf-8")
    except ValueError as error:
        parser.error(f"{file}: {error}")


if __name__ == "__main__":
    main()
