# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a Docker Engine says of its containers, as nodes and messages.

The image also runs jobs: an upgrade of the database (``WA_DB_UPGRADE``) and single commands by compose. They end by
themselves, and are never nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common.text import harmless
from .nodes import FoundNode

IMAGE = "whatsapp.biz/coreapp"
COMPOSE = "com.docker.compose."
# Filters that say which containers are meant; others, such as status, only say in which condition.
SELECTING = ("label", "name", "id", "network", "volume")
SHORT = 12  # characters of an id, as health reports and `docker ps` show it
LONGEST_REASON = 500  # characters; the engine's own reason comes last, after the URL of the call
_LONG_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
_BARE_ID = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}\Z")
_RENAMED = re.compile(r"[0-9a-f]{12}_(.+)\Z")  # what compose does to a container while it makes the next one
_UNREACHED = re.compile(
    r"error connecting|error while fetching server api|connection (?:refused|aborted|reset)|timed? ?out|no such file|"
    r"is the docker daemon running|eof occurred|remote end closed|not known|broken pipe|max retries",
    re.IGNORECASE,
)
_GONE = re.compile(r"cannot create container when image is not specified|no such container", re.IGNORECASE)


# -- images


def matches_image(image: str, wanted: str = IMAGE) -> bool:
    """Whether an image is of the wanted repository, wherever it was pulled from.

    Parts of a path are compared as wholes: ``docker.whatsapp.biz/coreapp:v2.53.1`` and ``mirror:5000/whatsapp.biz/coreapp``
    are of ``whatsapp.biz/coreapp``; ``whatsapp.biz/coreapp-exporter`` and ``notwhatsapp.biz/coreapp`` are not. A tag or
    a digest counts if the wanted name has one.
    """
    repository, tag, digest = _parts(image)
    wanted_repository, wanted_tag, wanted_digest = _parts(wanted)
    if (wanted_tag and wanted_tag != tag) or (wanted_digest and wanted_digest != digest):
        return False
    have, want = repository.split("/"), wanted_repository.split("/")
    tail = have[-len(want) :]
    if len(tail) < len(want) or tail[1:] != want[1:]:
        return False
    return tail[0] == want[0] or ("." in want[0] and tail[0].endswith("." + want[0]))


def _parts(image: str) -> Tuple[str, str, str]:
    """Repository with registry, tag, digest."""
    name, _at, digest = image.partition("@")
    path, slash, last = name.rpartition("/")
    last, _colon, tag = last.partition(":")
    return path + slash + last, tag, digest


def candidates(listed: Iterable[Mapping[str, Any]], wanted: str = IMAGE) -> List[str]:
    """The ids of the listed containers that have to be inspected.

    A container whose tag has moved is listed with an id in the place of its image's name; inspection still has the name.
    """
    images = [(str(one.get("Id") or ""), str(one.get("Image") or "")) for one in listed]
    return [number for number, image in images if number and (_BARE_ID.match(image) or matches_image(image, wanted))]


# -- containers


def found_nodes(
    inspected: Sequence[Mapping[str, Any]],
    host: str,
    engine: str,
    image: str = IMAGE,
    filters: Optional[Mapping[str, Any]] = None,
) -> List[FoundNode]:
    """The containers of one engine that may be nodes.

    :arg inspected: inspections of those that match the user's filters.
    """
    nodes = [one for one in inspected if is_candidate(one, image)]
    selecting = any(key in SELECTING and value for key, value in (filters or {}).items())
    return [_node(one, host, engine, selecting, _left_over(one, nodes)) for one in nodes]


def is_candidate(container: Mapping[str, Any], image: str = IMAGE) -> bool:
    """Whether a container was made with the image and runs no job."""
    config = _config(container)
    labels = _labels(container)
    return (
        matches_image(str(config.get("Image") or ""), image)
        and not _flag(config, "WA_DB_UPGRADE")
        and str(labels.get(COMPOSE + "oneoff", "")).lower() != "true"
    )


def _node(container: Mapping[str, Any], host: str, engine: str, selecting: bool, left_over: str) -> FoundNode:
    config, now = _config(container), look(container)
    number, name = str(container.get("Id") or ""), name_of(container)
    details: Dict[str, Any] = {
        "id": number,
        "multiconnect": _flag(config, "WA_APP_MULTICONNECT"),
        "stop_timeout": config.get("StopTimeout"),
        "restart_policy": restart_policy(container),
        "image": image_of(container),
    }
    project = _labels(container).get(COMPOSE + "project")
    if project:
        details["project"] = str(project)
    if left_over:
        details["left_over"] = left_over
    return FoundNode(
        name=f"{host}/{name}",
        role="master" if is_master(config) else "coreapp",
        started=now.started,
        running=now.running,
        state=now.state,
        host=host,
        engine=engine,
        report_ids=report_ids(container),
        selected=selecting and not left_over,
        health=now.health,
        details=details,
    )


def report_ids(container: Mapping[str, Any]) -> Tuple[str, ...]:
    """How a health report may name it: ``host:container id``, and the id is cut short."""
    ids = [str(container.get("Id") or "")[:SHORT], str(_config(container).get("Hostname") or "")]
    return tuple(dict.fromkeys(one for one in ids if one))


def name_of(container: Mapping[str, Any]) -> str:
    return str(container.get("Name") or "").lstrip("/")


def image_of(container: Mapping[str, Any]) -> str:
    """The repository of the image that the container was made with."""
    return harmless(_parts(str(_config(container).get("Image") or ""))[0])


def is_same_place(container: Mapping[str, Any], details: Mapping[str, Any]) -> bool:
    """Whether a container of the same name has taken the place of the one that these details are of."""
    project = _labels(container).get(COMPOSE + "project")
    return is_candidate(container, str(details.get("image") or IMAGE)) and project == details.get("project")


def is_master(config: Mapping[str, Any]) -> bool:
    """Whether the environment makes it a master. Published examples show ``WA_MASTER_NODE=1`` alone.

    That any other value counts as true, unless it is empty, 0 or false, is an assumption. It only matters for the order of
    nodes that the health report does not name: where it does, its role decides.
    """
    return _flag(config, "WA_MASTER_NODE")


def restart_policy(container: Mapping[str, Any]) -> str:
    policy = (container.get("HostConfig") or {}).get("RestartPolicy") or {}
    return harmless(policy.get("Name") or "no", 40)


def _left_over(container: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """The name of the container that has taken this one's place; empty if none has.

    While compose makes a container anew it renames the present one, and a run that was killed leaves it behind.
    """
    if look(container).running:
        return ""
    renamed = _RENAMED.match(name_of(container))
    place = _compose_place(container)
    for other in others:
        if other is container:
            continue
        if renamed and name_of(other) == renamed.group(1):
            return name_of(other)
        if place and place == _compose_place(other) and look(other).running:
            return name_of(other)
    return ""


def _compose_place(container: Mapping[str, Any]) -> Optional[Tuple[str, ...]]:
    labels = _labels(container)
    place = tuple(str(labels.get(COMPOSE + part) or "") for part in ("project", "service", "container-number"))
    return place if all(place) else None


def _config(container: Mapping[str, Any]) -> Mapping[str, Any]:
    config = container.get("Config")
    return config if isinstance(config, Mapping) else {}


def _labels(container: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = _config(container).get("Labels")
    return labels if isinstance(labels, Mapping) else {}


def _flag(config: Mapping[str, Any], name: str) -> bool:
    for entry in config.get("Env") or ():
        key, _equals, value = str(entry).partition("=")
        if key == name:
            return value.strip().lower() not in ("", "0", "false")
    return False


# -- a container's condition


@dataclass(frozen=True)
class Look:
    """A container at one moment."""

    id: str = ""
    started: str = ""
    running: bool = False
    state: str = ""
    restarts: int = 0
    exit_code: int = 0
    health: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and the engine does not start it again."""
        return self.state.split(" ", maxsplit=1)[0] in ("exited", "dead", "removing", "created")


def look(container: Mapping[str, Any]) -> Look:
    """Docker says Running of a container that it is about to start again, and of one that is paused."""
    state = container.get("State")
    state = state if isinstance(state, Mapping) else {}
    status = harmless(state.get("Status") or "unknown", 20)
    code = _number(state.get("ExitCode"))
    status = "restarting" if state.get("Restarting") else "paused" if state.get("Paused") else status
    health = str((state.get("Health") or {}).get("Status") or "")
    never = str(state.get("StartedAt") or "").startswith("0001-")
    return Look(
        id=str(container.get("Id") or ""),
        started="" if never else str(state.get("StartedAt") or ""),
        running=bool(state.get("Running")) and status not in ("restarting", "paused"),
        state=f"{status} ({code})" if status in ("exited", "dead") else status,
        restarts=_number(container.get("RestartCount")),
        exit_code=code,
        health=health if health in ("healthy", "unhealthy", "starting") else "",
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def stays_up(earlier: Look, now: Look) -> bool:
    """Whether it has run all the time between two polls.

    How often the engine had to start it before does not matter, only that this number has ceased to grow.
    """
    return now.running and now.started == earlier.started and now.restarts == earlier.restarts


def why_down(now: Look) -> str:
    """Why a container that was started does not run."""
    if now.state == "paused":
        return "it is paused, and does nothing until it is unpaused"
    if now.is_over:
        code = "" if now.state.startswith("created") else f", exit code {now.exit_code}"
        return f"it does not stay up: it is {now.state.split(' ')[0]}{code}; check its log"
    code = f", its last exit code is {now.exit_code}" if now.exit_code else ""
    return f"it does not stay up: the engine has started it again {now.restarts} times{code}; check its log"


# -- an engine that does not do what it was asked


def is_gone(answer: Mapping[str, Any]) -> bool:
    """Whether the engine has responded, and has no such container."""
    if answer.get("failed"):
        return bool(_GONE.search(str(answer.get("msg") or "")))
    return answer.get("exists") is False


def why_not(answer: Mapping[str, Any]) -> str:
    """Why a module brought nothing. What could not be asked is not gone."""
    message = harmless(_LONG_ID.sub(r"\1", str(answer.get("msg") or "no reason was given")), LONGEST_REASON)
    if answer.get("unreachable"):
        return f"the machine is unreachable: {message}"
    if _UNREACHED.search(message):
        return f"the engine did not respond: {message}"
    return f"the engine could not be asked: {message}"


def grace(stop_timeout: Optional[int], own: Any) -> int:
    """Seconds a container has for ending by itself: what the user sets, its own, the engine's default."""
    if stop_timeout is not None:
        return max(1, stop_timeout)
    return max(1, own) if isinstance(own, int) and not isinstance(own, bool) else 10
