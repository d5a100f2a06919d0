"""What the White House sites of all administrations share: who speaks, and what they call their texts."""

from __future__ import annotations

from crawler.declare import Every, Kinds, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source

LABELS = usual("en") | {
    "Briefings & Statements": KindOfRelease.STATEMENT,
    "Statements & Releases": KindOfRelease.STATEMENT,
    "Statements and Releases": KindOfRelease.STATEMENT,
    "Speeches and Remarks": KindOfRelease.REMARKS,
    "Press Briefings": KindOfRelease.PRESS_CONFERENCE,
    "Joint Press Conference": KindOfRelease.PRESS_CONFERENCE,
    "Background Press Call": KindOfRelease.PRESS_CONFERENCE,
    "Weekly Address": KindOfRelease.SPEECH,
    "Fact Sheets": KindOfRelease.FACT_SHEET,
    "Presidential Actions": KindOfRelease.STATEMENT,
    "Executive Orders": KindOfRelease.STATEMENT,
    "Proclamations": KindOfRelease.STATEMENT,
    "Presidential Memoranda": KindOfRelease.STATEMENT,
    "Nominations & Appointments": KindOfRelease.COMMUNIQUE,
    "Articles": KindOfRelease.COMMUNIQUE,
    "Releases": KindOfRelease.COMMUNIQUE,
}
"""A proclamation, order or memorandum is the President's own statement; a nomination is announced."""

KIND_IN_TITLE = (
    r"^(?i:(Remarks|Readout|Statements?|Joint Statement|Fact Sheet|Press Briefing|Joint Press Conference"
    r"|Background Press Call|Weekly Address))\b"
)
"""The word that opens a title and names the kind; sites without labels of their own have only that."""


def titled(selector: str) -> Text:
    """The rule for `kind` where the title under that selector says it."""
    return Text(selector, KIND_IN_TITLE)


class WhiteHouse(Source, platform=True):
    """A site of one administration, of the present one or kept by the National Archives."""

    issuers = ("us.white_house",)
    languages = ("en",)
    timezone = "America/New_York"
    kinds = Kinds(KindOfRelease.STATEMENT, LABELS)
    terms = "Works of the United States government: public domain (whitehouse.gov/copyright)."


class WhiteHouseArchive(WhiteHouse, platform=True):
    """A site that is frozen: archives.gov keeps it as it was on the last day."""

    every = Every(days=30)  # later rounds only fetch what failed
    expect = PerWeek(at_least=0, at_most=2000)
