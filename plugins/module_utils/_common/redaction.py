# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What may be shown. Redaction is structural: a URL is taken apart, its secret parts are replaced, the rest stays legible.

Secret are the user info of a URL, the values of its query string and of its path parameters, and its fragment.
"""

from __future__ import annotations

from typing import Any, Mapping
from urllib.parse import SplitResult, urlsplit

HIDDEN = "***"
HIDDEN_OTHER = "*** (changed)"
UNREADABLE_URL = "(unreadable URL)"


def _hide_pair(pair: str, hidden: str) -> str:
    name, _dummy, value = pair.partition("=")
    if not value.strip("="):
        return hidden if name else pair  # a bare word is the secret itself, also in base64, which ends with that sign
    return f"{name}={hidden}"


def _hide_query(query: str, hidden: str) -> str:
    return "&".join(_hide_pair(pair, hidden) for pair in query.split("&"))


def _hide_path_parameters(path: str, hidden: str) -> str:
    segments = []
    for segment in path.split("/"):
        name, semicolon, _dummy = segment.partition(";")
        segments.append(f"{name};{hidden}" if semicolon else name)
    return "/".join(segments)


def _taken_apart(url: str) -> SplitResult | None:
    """The parts of a URL; None for what only looks like one, in which anything may stand anywhere."""
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


def redact_url(url: str | None, hidden: str = HIDDEN) -> str | None:
    """The URL without its secrets; what cannot be taken apart is hidden as a whole. None and "" stay as they are."""
    if not url:
        return url
    parts = _taken_apart(url)
    if parts is None:
        return hidden
    _dummy, at, host = parts.netloc.rpartition("@")
    shown = "{}://{}{}".format(parts.scheme, hidden + at if at else "", host)
    shown += _hide_path_parameters(parts.path, hidden)
    if parts.query:
        shown += f"?{_hide_query(parts.query, hidden)}"
    if parts.fragment:
        shown += f"#{hidden}"
    return shown


def redact_url_pair(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Both URLs without their secrets, still visibly different where only a secret differs."""
    shown_before, shown_after = redact_url(before), redact_url(after)
    if before != after and shown_before == shown_after:
        shown_after = redact_url(after, HIDDEN_OTHER)
    if before != after and shown_before == shown_after:
        shown_after = f"{shown_after} (changed)"
    return shown_before, shown_after


def is_redacted(url: str) -> bool:
    """Whether a URL is the shown form of another one, so that it must never be written to a client."""
    return HIDDEN in url


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
