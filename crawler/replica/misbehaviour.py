"""The answers of servers that misbehave, independent of any site."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from crawler.replica.exchange import Request, Response, page, redirect
from crawler.replica.faults import FaultKind

RETRY_AFTER = 2
"""Seconds, as announced with 429 and 503."""
BOMB_SIZE = 200_000_000
"""Bytes that the bomb becomes; a thousandth of that on the wire."""
_LOOP = re.compile(r"[?&]again=[01]")

_CHALLENGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Challenge Validation</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
html, body { height: 100%; margin: 0; overflow: hidden; }
#sec-container { display: table; width: 100%; height: 100%; text-align: center; }
#sec-if-container { display: table-cell; vertical-align: middle; }
#sec-cpt-if { width: 100%; min-height: 100%; border: 0; }
#sec-text { font-family: Arial, Helvetica, sans-serif; font-size: 14px; color: #3c3c3c; margin: 16px auto; }
#sec-text.done { visibility: hidden; }
@media (max-width: 480px) { #sec-text { font-size: 12px; } #sec-cpt-if { min-height: 80%; } }
.progress span { display: inline-block; width: 12px; height: 12px; margin: 4px; background: #6b6b6b; }
.progress span:nth-child(2) { opacity: 0.6; }
.progress span:nth-child(3) { opacity: 0.3; }
</style>
</head>
<body>
<div id="sec-container">
<div id="sec-if-container">
<iframe id="sec-cpt-if" provider="crypto" class="crypto" scrolling="no" title="validation"
 data-key="" data-duration="5" src="/_sec/cp_challenge/crypto-message-4-3.htm"></iframe>
<div id="sec-text" aria-live="polite"></div>
<div class="progress" role="progressbar"><span></span><span></span><span></span></div>
</div>
</div>
<script type="text/javascript">
(function () {
  var state = { provider: 'crypto', token: 'cmVwbGljYQ==', time: 1700000000, nonce: '5f1c', count: 15000 };
  var frame = document.getElementById('sec-cpt-if');
  frame.setAttribute('challenge', window.btoa(JSON.stringify(state)));
  window.addEventListener('message', function (event) {
    if (event.data && event.data.status === 'done') { window.location.reload(); }
  });
})();
</script>
</body>
</html>
"""
_NOT_FOUND = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Page not found</title></head>
<body><div class="message"><h1>Page not found</h1><p>We looked everywhere for that page. Go back to the
<a href="/">start page</a> or use the search.</p></div></body></html>
"""


def plain_target(target: str) -> str:
    """A target as it was before a redirect loop marked it."""
    return _LOOP.sub("", target)


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """A small gzip body that becomes a large one."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b"<html><body><p>")]
    chunk = b" " * 1_000_000
    parts += [packer.compress(chunk) for _ in range(BOMB_SIZE // len(chunk))]
    parts.append(packer.flush())
    return b"".join(parts)


def misbehave(kind: FaultKind, request: Request) -> Response | None:
    """The answer in place of the page; None when the page itself is wanted first (to be cut or slowed)."""
    match kind:
        case FaultKind.TOO_MANY:
            return page("<html><body>Too Many Requests</body></html>", 429).header(
                "Retry-After", str(RETRY_AFTER)
            )
        case FaultKind.UNAVAILABLE:
            return page("<html><body>Service Unavailable</body></html>", 503).header(
                "Retry-After", str(RETRY_AFTER)
            )
        case FaultKind.FORBIDDEN:
            return page(
                "<html><head><title>Access Denied</title></head><body>Access Denied</body></html>", 403
            )
        case FaultKind.REDIRECT_LOOP:
            plain = plain_target(request.target)
            turn = 0 if "again=1" in request.target else 1
            return redirect(f"{plain}{'&' if '?' in plain else '?'}again={turn}", 302)
        case FaultKind.REDIRECT_METADATA:
            return redirect("http://169.254.169.254/latest/meta-data/", 302)
        case FaultKind.REDIRECT_LOOPBACK:
            return redirect("http://127.0.0.1:9/private/", 302)
        case FaultKind.SOFT_404:
            return page(_NOT_FOUND)
        case FaultKind.CHALLENGE:
            return page(_CHALLENGE)
        case FaultKind.GZIP_BOMB:
            return Response(body=bomb(), headers=[("Content-Encoding", "gzip")])
    return None
