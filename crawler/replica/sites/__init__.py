"""One module per site: pages in the site's own shape, written for this replica.

Each has `HOSTS` and a class with `answer(request, flavour) -> Response`; `flavour` asks for a misbehaviour
that only the site itself can play (an empty listing, an old layout), see `crawler.replica.faults`.
"""

from __future__ import annotations

from crawler.replica.server import Site
from crawler.replica.sites import canada, dhs, gob_mx, gov_uk, mexidata, state_gov
from crawler.replica.world import World

INSECURE = frozenset(mexidata.HOSTS)
"""Hosts that speak plain http."""


def all_sites(world: World, page_size: int) -> dict[str, Site]:
    """What answers for each host."""
    pairs: list[tuple[tuple[str, ...], Site]] = [
        (gob_mx.HOSTS, gob_mx.GobMx(world, page_size)),
        (mexidata.HOSTS, mexidata.Mexidata(world, page_size)),
        (state_gov.HOSTS, state_gov.StateGov(world, page_size)),
        (dhs.HOSTS, dhs.Dhs(world, page_size)),
        (gov_uk.HOSTS, gov_uk.GovUk(world, page_size)),
        (canada.HOSTS, canada.Canada(world, page_size)),
    ]
    return {host: site for hosts, site in pairs for host in hosts}
