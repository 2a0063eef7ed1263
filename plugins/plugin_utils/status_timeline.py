# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The campaigns of all clients on one axis of time: a lane for each campaign name and planned end."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Iterable, Mapping

from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_words import counted, duration, moment, shown_time

OLDEST = timedelta(days=730)  # a campaign begun before that starts at the edge
STEPS = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24, 48, 168, 336, 720, 2160, 4320, 8760))
TICKS = 7


def timeline(clients: Iterable[Mapping[str, Any]], made: Any) -> dict[str, Any]:
    """Lanes, overdue ones first and then the oldest, with everything's place in per cent of the axis."""
    now = moment(made) or datetime.now(timezone.utc)
    groups: dict[tuple[str, str], list[tuple[dict[str, Any], Mapping[str, Any]]]] = {}
    for client in clients:
        for campaign in client["campaigns"]:
            key = (campaign["name"], campaign["planned_end"] or "")
            groups.setdefault(key, []).append((campaign, client))
    lanes = [_lane(members, now) for members in groups.values()]
    lanes.sort(key=lambda lane: (not lane["overdue"], lane["begin"], lane["name"]))
    axis = _axis(lanes, now)
    for lane in lanes:
        lane["bar"] = _bar(lane, axis, now)
        lane["before"], lane["after"] = lane["begin"] < axis[0], lane["end"] is not None and lane["end"] > axis[1]
    return {"lanes": lanes, "now": _place(now, axis), "ticks": _ticks(axis, now)}


def _lane(members: list[tuple[dict[str, Any], Mapping[str, Any]]], now: datetime) -> dict[str, Any]:
    campaign = members[0][0]
    begins = sorted(moment(one["since"]) or now for one, _client in members)
    end = moment(campaign["planned_end"])
    first, last = shown_time(begins[0].isoformat(), now), shown_time(begins[-1].isoformat(), now)
    return {
        "name": campaign["name"],
        "overdue": any(one["overdue"] for one, _client in members),
        "clients": [client for _one, client in members],
        "count": counted(len(members), "client", "clients"),
        "begin": begins[0],
        "end": end,
        "since": first,
        "until_since": last if begins[-1] - begins[0] >= timedelta(hours=1) else None,
        "planned_end": shown_time(campaign["planned_end"], now),
        "age": duration(now - begins[0]),
        "state": _state(end, now),
    }


def _state(end: datetime | None, now: datetime) -> str:
    if end is None:
        return "no planned end"
    return f"{duration(now - end)} overdue" if end <= now else f"ends in {duration(end - now)}"


def _axis(lanes: list[dict[str, Any]], now: datetime) -> tuple[datetime, datetime]:
    """From the oldest begin to the last planned end; the past gets at least half of it, and nothing is before OLDEST."""
    begin = min([lane["begin"] for lane in lanes] + [now - timedelta(hours=6)])
    begin = max(begin, now - OLDEST)
    margin = (now - begin) * 0.08
    ends = [lane["end"] for lane in lanes if lane["end"]]
    return begin, min(max([*ends, now]) + margin, now + (now - begin))


def _place(when: datetime, axis: tuple[datetime, datetime]) -> float:
    share = (when - axis[0]) / (axis[1] - axis[0])
    return round(100 * min(max(share, 0.0), 1.0), 2)


def _bar(lane: Mapping[str, Any], axis: tuple[datetime, datetime], now: datetime) -> list[dict[str, Any]]:
    """What has passed as planned, what is overdue, what is to come; one without a planned end stays open."""
    begin, end = lane["begin"], lane["end"]
    if end is None:
        spans = [("passed", begin, now), ("open", now, axis[1])]
    elif end <= now:
        spans = [("passed", begin, end), ("late", end, now)]
    else:
        spans = [("passed", begin, now), ("coming", now, end)]
    pieces = []
    for look, start, stop in spans:
        left = _place(start, axis)
        width = round(_place(stop, axis) - left, 2)
        if width > 0:
            pieces.append({"look": look, "left": left, "width": max(width, 0.4)})
    return pieces


def _ticks(axis: tuple[datetime, datetime], now: datetime) -> list[dict[str, Any]]:
    """Round times, as many as can be read."""
    begin, end = axis
    step = next((step for step in STEPS if (end - begin) / step <= TICKS), STEPS[-1])
    epoch = datetime(now.year, 1, 1, tzinfo=timezone.utc) - timedelta(days=3 * 365)
    tick = epoch + step * int((begin - epoch) / step + 1)
    ticks: list[dict[str, Any]] = []
    while tick < end:
        year = "" if tick.year == now.year else f" {tick.year}"
        dated = step >= timedelta(days=1) or not ticks or tick.hour < step / timedelta(hours=1)
        text = f"{tick:%H:%M}" if not dated else f"{tick.day} {tick:%b}{year}"
        place = _place(tick, axis)
        if 4 <= place <= 96 and abs(place - _place(now, axis)) > 9:
            ticks.append({"left": place, "text": text})
        tick += step
    return ticks
