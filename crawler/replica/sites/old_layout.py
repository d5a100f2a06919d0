"""A release on a page from before all redesigns: no definition knows its markup, a reader finds the text."""

from __future__ import annotations

from datetime import date

from crawler.replica.furniture import Furniture


def old_page(title: str, posted: date, paragraphs: tuple[str, ...], around: Furniture) -> str:
    """The page: a table layout with the headline in a font element and the day as `10/30/2026`."""
    text = "".join(f'<p><font face="Verdana">{paragraph}</font></p>\n' for paragraph in paragraphs)
    return (
        f"<html>\n<head>\n<title>{title}</title>\n</head>\n<body>\n{around.before}"
        f'<table width="100%"><tr><td class="story">\n<b><font size="5">{title}</font></b><br>\n'
        f"<i>Posted {posted:%m/%d/%Y}</i>\n{text}</td></tr></table>\n{around.after}</body>\n</html>\n"
    )
