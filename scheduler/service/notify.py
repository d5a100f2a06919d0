"""What systemd wants to know of a service (sd_notify(3)): ready, alive, ending."""

from __future__ import annotations

import socket

PATIENCE = 1.0
"""Seconds for a manager to take a message."""


class Notifier:
    """Tells the service manager, where there is one; elsewhere it does nothing."""

    def __init__(self, address: str = "") -> None:
        self._address = address
        """NOTIFY_SOCKET: a path, or "@" and a name in the abstract namespace; empty: nobody listens."""
        self.missed = 0
        """Messages that the manager did not take in time."""

    def ready(self) -> None:
        """The service has begun its work, or stands by for it."""
        self._tell("READY=1")

    def alive(self, status: str) -> None:
        """The loop goes round; `status` is one line for `systemctl status`."""
        self._tell(f"WATCHDOG=1\nSTATUS={status}")

    def stopping(self) -> None:
        """The service ends."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                # Where nobody reads, a few messages fill the queue, and sending would wait for ever.
                out.settimeout(PATIENCE)
                out.connect(name)
                out.sendall(message.encode())
        except OSError:
            self.missed += 1  # a manager that does not listen is no reason to stop
