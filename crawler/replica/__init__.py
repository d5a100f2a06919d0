"""The replica: a loopback web that stands in for the sites of the shipped definitions, under their names.

A world of statements is made from a seed (`world`, `plan`, `composition`), every site shows its releases in
its own shape (`sites`), a server in a thread of its own serves them and misbehaves on request (`server`,
`faults`). It lives here because the demo needs it from the installed command. May not live here: anything
that crawls, and any text or markup that is not our own.
"""

from crawler.replica.faults import Fault, FaultKind, Faults
from crawler.replica.plan import SOURCES
from crawler.replica.replica import REAL_PAGE, SMALL_PAGE, Replica
from crawler.replica.server import Logged
from crawler.replica.truth import TrueRelease, TrueStatement, Truth

__all__ = [
    "REAL_PAGE",
    "SMALL_PAGE",
    "SOURCES",
    "Fault",
    "FaultKind",
    "Faults",
    "Logged",
    "Replica",
    "TrueRelease",
    "TrueStatement",
    "Truth",
]
