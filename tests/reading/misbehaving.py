"""A definition whose pages say what is to become of their reader, and captures of such pages."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.items import Capture, Due

METHOD = """
    def read_title(self, page):
        import ctypes, os, signal, sys
        from pathlib import Path

        heading = page.first("h1")
        if heading is None:
            return None
        word, _, rest = heading.partition(" ")
        match word:
            case "raise":
                raise ValueError("this definition is wrong")
            case "crash":
                ctypes.string_at(0)
            case "killed-once":
                if not Path(rest).exists():
                    Path(rest).touch()
                    os.kill(os.getpid(), signal.SIGKILL)
            case "forever":
                while True:
                    pass
            case "lie":
                os.write(int(sys.argv[1]), b"\\xff" * 100)
            case "leave":
                os._exit(0)
        return f"{heading} ({os.getpid()})"
"""
"""To be put at the end of a definition."""


def due(name: str) -> Due:
    return Due(f"news/{name}", f"http://www.demo.example/news/{name}")


def capture(name: str, heading: str) -> Capture:
    """A page with that heading."""
    words = " ".join(f"{name}{count}" for count in range(40))
    return Capture(
        url=due(name).url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=(
            f"<html lang=en><title>{name}</title><h1>{heading}</h1>"
            f'<time datetime="2017-02-23">day</time><div class="text"><p>The ministry said {words}.</p></div>'
            "</html>"
        ).encode(),
        captured_at=datetime(2017, 2, 24, tzinfo=UTC),
    )
