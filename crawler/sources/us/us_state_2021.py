"""United States Department of State, January 2021 to January 2025: the archive of that administration."""

from datetime import date

from crawler.platforms.state_gov import StateArchive, collection_of


class UsState2021(StateArchive):
    title = "Department of State (2021-2025)"
    years = "2021-2025"
    discover = collection_of("https://2021-2025.state.gov/press-releases", "en")
    archive_from = date(2021, 1, 20)
    facts = (
        "M: 1,111 pages of /press-releases/, with the collection's markup of www.state.gov",
        "M: old www.state.gov addresses of those years are here under the same path",
    )
    unverified = ("whether plain clients get the list (its one reader used a browser)",)
