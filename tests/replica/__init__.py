"""The replica for tests; its code is in crawler.replica, because the demo needs it too."""

from crawler.replica import SOURCES, Fault, FaultKind, Faults, Replica

__all__ = ["SOURCES", "Fault", "FaultKind", "Faults", "Replica"]
