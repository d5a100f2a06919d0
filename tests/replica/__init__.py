"""The replica for tests; its code is in crawler.replica, because the demo needs it too."""

from crawler.replica import Fault, FaultKind, Faults, Replica

__all__ = ["Fault", "FaultKind", "Faults", "Replica"]
