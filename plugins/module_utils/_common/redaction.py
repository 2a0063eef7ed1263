# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What may be shown. Redaction is structural: a URL is taken apart, and only its scheme, host and port are shown.

Everything else in a webhook URL may be its secret: the path (``/services/T0/B0/SECRET``), the query, the user info, the
fragment. ``***`` stands for it, followed by a fingerprint in angle brackets where there is a key for it:
``https://hooks.example/***<3f9ac1d2>``. A URL cannot contain angle brackets, so the form is never one.

The fingerprint makes a change visible between two runs. Its key comes from the client's ledger, which whoever reads the
output does not have; without the key a short secret cannot be found by trying. Without a ledger there is no key that is
both secret and the same in the next run, and no fingerprint: a random one would differ in each run without a change.
Within one diff a change is visible in any case.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, Mapping, Optional, Tuple
from urllib.parse import SplitResult, urlsplit

HIDDEN = "***"
CHANGED = " (changed)"
HIDDEN_OTHER = HIDDEN + CHANGED
UNREADABLE_URL = "(unreadable URL)"
FINGERPRINT_LENGTH = 8  # hexadecimal digits
_SHOWN = re.compile(r"(?P<place>[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\s\\<>]+/)?\*\*\*(?P<fingerprint><[0-9a-f]{8}>)?\Z")


def _hide_path_parameters(path: str, hidden: str) -> str:
    segments = []
    for segment in path.split("/"):
        name, semicolon, _dummy = segment.partition(";")
        segments.append(f"{name};{hidden}" if semicolon else name)
    return "/".join(segments)


def _taken_apart(url: str) -> SplitResult | None:
    """The parts of a URL; None for what only resembles one, in which anything may be anywhere."""
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        return None
    try:
        parts = urlsplit(url)
        host, _dummy = parts.hostname, parts.port
    except ValueError:
        return None
    if not parts.scheme or not host:
        return None
    known = all(character.isalnum() or character in "-._:%" for character in host)
    return parts if known and _is_place(parts.netloc.rpartition("@")[2], host) else None


def _is_place(text: str, host: str) -> bool:
    """Whether this is the host and perhaps a port, with nothing between or behind them."""
    bare = f"[{host}]" if ":" in host else host
    rest = text[len(bare) :]
    return text.lower().startswith(bare) and (not rest or (rest[0] == ":" and rest[1:].isdigit()) or rest == ":")


def _fingerprint(url: str, key: Optional[bytes]) -> str:
    if not key:
        return ""
    digest = hmac.new(key, b"webhook URL " + url.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"<{digest[:FINGERPRINT_LENGTH]}>"


def redact_url(url: Optional[str], key: Optional[bytes] = None) -> Optional[str]:
    """Return what may be shown of a URL: all of one that is scheme, host and port, else these and ``***``.

    What cannot be taken apart is hidden as a whole. None and "" stay as they are, and so does what is redacted already.

    :arg key: the key of the fingerprint; without one there is none.
    """
    if not url or _SHOWN.match(url):
        return url
    parts = _taken_apart(url)
    if parts is None:
        return HIDDEN + _fingerprint(url, key)
    _user_info, at, place = parts.netloc.rpartition("@")
    if not at and parts.path in ("", "/") and "?" not in url and "#" not in url:
        return url
    return f"{parts.scheme}://{place}/{HIDDEN}{_fingerprint(url, key)}"


def redact_url_pair(
    before: Optional[str], after: Optional[str], key: Optional[bytes] = None
) -> Tuple[Optional[str], Optional[str]]:
    """Both URLs as they may be shown, visibly different where they differ."""
    shown_before, shown_after = redact_url(before, key), redact_url(after, key)
    if before != after and shown_before == shown_after:
        shown_after = f"{shown_after}{CHANGED}"
    return shown_before, shown_after


def is_redacted(url: str) -> bool:
    """Whether a text has hidden parts, so that it must never be written to a client."""
    return HIDDEN in url


def stands_for(shown: str, url: Optional[str], key: Optional[bytes]) -> bool:
    """Whether a redacted URL is the shown form of this URL, as far as can be known.

    One without a fingerprint is compared by scheme and host. One with a fingerprint needs the key that it was made with.
    """
    match = _SHOWN.match(shown)
    if match is None or not url:
        return False
    return redact_url(url, key if match.group("fingerprint") else None) == shown


def redact_api_url(url: str) -> str:
    """Return what may be shown of the URL of a client's API: the client's name, which has the path.

    One that no client can have is shown like a webhook URL: its path may be a secret too.
    """
    parts = _taken_apart(url)
    if parts is None or "@" in parts.netloc or "?" in url or "#" in url:
        return redact_url(url) or ""
    return client_name(url)


def hide(value: Any) -> Any:
    """A value that is not shown at all; None (absent) stays visible as such."""
    return None if value is None else HIDDEN


def hide_pair(before: Any, after: Any) -> tuple[Any, Any]:
    """Both values hidden, still visibly different where they differ."""
    shown_after = hide(after)
    if before is not None and after is not None and before != after:
        shown_after = HIDDEN_OTHER
    return hide(before), shown_after


def hide_values(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A dictionary of which the names may be shown and the values may not."""
    return None if values is None else {str(name): HIDDEN for name in values}


def client_name(api_url: str) -> str:
    """A client as messages name it: scheme, host, port and path prefix of its API URL, nothing else."""
    parts = _taken_apart(api_url)
    if parts is None:
        return UNREADABLE_URL
    host = parts.netloc.rpartition("@")[2]
    return "{}://{}{}".format(parts.scheme, host, _hide_path_parameters(parts.path.rstrip("/"), HIDDEN))
