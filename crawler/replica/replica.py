"""The replica as a whole: a world, its sites and a server, started and stopped as one thing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from types import TracebackType

from crawler.replica import sites
from crawler.replica.addresses import release_at
from crawler.replica.archive import HOST, Behaviour, WebArchive
from crawler.replica.certificates import make_certificates
from crawler.replica.faults import Fault, Faults
from crawler.replica.server import Logged, Server
from crawler.replica.truth import Truth
from crawler.replica.world import DEFAULT_END, World

SMALL_PAGE = 8_000
"""Bytes of a page in tests and the demo."""
REAL_PAGE = 50_000
"""Bytes of a page in benchmarks."""


class Replica:
    """A loopback web that stands in for real sites under their host names.

    `releases` is the exact number of true releases over all sources; the same `releases`, `seed` and `end`
    give the same bytes. `page_size` is about how many bytes an HTML page has. Use as a context manager, or
    `start` and `stop`. `step` is the number of days from one day with releases to the next; with `archive`
    there is a web archive of all of it, which behaves so. Everything may be changed while it runs:
    `faults`, `edit`, `withdraw`.
    """

    def __init__(
        self,
        releases: int = 500,
        seed: int = 7,
        *,
        faults: Faults | Iterable[Fault | str] = (),
        page_size: int = SMALL_PAGE,
        end: date = DEFAULT_END,
        port: int = 0,
        note: Callable[[Logged], None] | None = None,
        step: int = 1,
        archive: Behaviour | None = None,
    ) -> None:
        self.world = World(releases, seed, end, step)
        self.truth = Truth(self.world)
        if isinstance(faults, Faults):
            self.faults = faults
        else:
            self.faults = Faults()
            for fault in faults:
                self.faults.add(fault)
        self._hosts = sites.all_sites(self.world, page_size)
        self.archive = WebArchive(self.world, dict(self._hosts), archive) if archive is not None else None
        if self.archive is not None:
            self._hosts[HOST] = self.archive
        self._server = Server(self._hosts, sites.INSECURE, self.faults, note)
        self._port = port
        self._folder: Path | None = None
        self._authority: Path | None = None

    def start(self) -> Replica:
        """Begin to serve; returns itself. Raises OSError when a wanted port is taken."""
        self._folder = Path(tempfile.mkdtemp(prefix="communique-replica-"))
        try:
            hosts = [host for host in self._hosts if host not in sites.INSECURE]
            self._authority, context = make_certificates(self._folder, hosts)
            self._server.start(context, self._port)
        except BaseException:
            self._remove_folder()
            raise
        return self

    def stop(self) -> None:
        """End serving and remove the temporary files; harmless when it does not serve."""
        self._server.stop()
        self._remove_folder()

    def _remove_folder(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def __enter__(self) -> Replica:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What to set so that the shipped definitions crawl the replica; only while it serves."""
        if self._folder is None or self._authority is None:
            raise RuntimeError("the replica does not serve yet: call start() first")
        ports = self._server.ports
        pairs = [f"{host}:80=127.0.0.1:{ports[False]}" for host in self._hosts]
        pairs += [f"{host}:443=127.0.0.1:{ports[True]}" for host in self._hosts if host not in sites.INSECURE]
        return {
            "COMMUNIQUE_CONNECT_TO": ",".join(sorted(pairs)),
            "COMMUNIQUE_CONNECT_DELAY": "0",
            "SSL_CERT_FILE": str(self._authority),
        }

    @property
    def ports(self) -> tuple[int, int]:
        """The ports on 127.0.0.1: with TLS, and without."""
        return self._server.ports[True], self._server.ports[False]

    @property
    def log(self) -> list[Logged]:
        """The last requests (at most 20,000), oldest first."""
        return list(self._server.log)

    def edit(self, url: str) -> None:
        """From now on the release at that address has another text. LookupError when there is none."""
        self.world.edit(release_at(self.world, url))

    def withdraw(self, url: str) -> None:
        """From now on the release is withdrawn: GOV.UK says so on the page, the others answer 404."""
        self.world.withdraw(release_at(self.world, url))
