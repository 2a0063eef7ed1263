# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a ledger holds: frozen dataclasses, and their strict form as JSON.

Reading refuses whatever is not exactly right (Damaged): a damaged ledger is found when it is read, and nowhere later.
Moments are texts in UTC (see ``_common.moments``), or seconds since the epoch where they are compared often. A ledger
holds no text that a client wrote, except the names of its settings and nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Callable, ClassVar, Dict, Mapping, Optional, Tuple, Type, TypeVar, Union

from .._common import moments

Decode = Callable[[Any], Any]
Scalar = Union[bool, int, str]
T = TypeVar("T", bound="Part")

LONGEST_TEXT = 1000  # characters of a name, an address or a proof of a start
LATEST = 253402300799  # seconds since the epoch: the end of the year 9999
LONGEST_LEASE = 86400  # seconds; a lease cannot be longer than a day
AFTER = ("on", "off", "previous")


class Damaged(ValueError):
    """A part of a ledger is not what it must be. The text says which one, and holds nothing of its content."""


def _refuse(expected: str) -> Damaged:
    return Damaged("is not %s" % expected)


def text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _refuse("a text")
    return value


def digest(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or len(value) > 128:  # hmac compares nothing else
        raise _refuse("a hash")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refuse("true or false")
    return value


def count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise _refuse("a number of things")
    return value


def duration(value: Any) -> float:
    """Seconds, also since the epoch. NaN is within no limits, and a huge integer is not converted."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= LATEST:
        raise _refuse("a number of seconds")
    return value


def moment(value: Any) -> str:
    if moments.parse(value) is None:
        raise _refuse("a moment")
    return text(value)


def scalar(value: Any) -> Scalar:
    """A value of a setting that needs a restart: each of them is true, false, a number or one of a few texts."""
    if isinstance(value, (bool, int)):
        return value
    return text(value)


def same(one: Any, other: Any) -> bool:
    """Whether two values of a setting are the same, also in their type: ``1`` is not ``true``."""
    return type(one) is type(other) and bool(one == other)


def names(value: Any) -> Tuple[str, ...]:
    if not isinstance(value, list):
        raise _refuse("a list of names")
    return tuple(text(one) for one in value)


def one_of(*choices: str) -> Decode:
    def decode(value: Any) -> str:
        if value not in choices:
            raise _refuse("one of the known words")
        return text(value)

    return decode


def maybe(decode: Decode) -> Decode:
    return lambda value: None if value is None else decode(value)


def each(decode: Decode) -> Decode:
    """An object with any names, all of whose values have the same form."""

    def decode_all(value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise _refuse("an object")
        return {text(name): _within(name, decode, one) for name, one in value.items()}

    return decode_all


def part(kind: Type[T]) -> Decode:
    return kind.from_json


def _within(name: str, decode: Decode, value: Any) -> Any:
    try:
        return decode(value)
    except Damaged as problem:
        raise Damaged(
            "%s %s" % (name[:40], problem) if str(problem).startswith("is ") else "%s.%s" % (name[:40], problem)
        ) from None


def to_json(value: Any) -> Any:
    """The form in the file: objects, lists, texts, numbers."""
    if is_dataclass(value):
        return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: to_json(one) for name, one in value.items()}
    return [to_json(one) for one in value] if isinstance(value, tuple) else value


class Part:
    """A part of a ledger; ``FORM`` says how each of its fields is read."""

    FORM: ClassVar[Mapping[str, Decode]] = {}

    @classmethod
    def from_json(cls: Type[T], value: Any) -> T:
        """Raises Damaged, also for a field that is missing and for one that is not known."""
        if not isinstance(value, dict) or set(value) != set(cls.FORM):
            raise _refuse("an object with the fields that it must have")
        return cls(**{name: _within(name, decode, value[name]) for name, decode in cls.FORM.items()})


@dataclass(frozen=True)
class Owner(Part):
    """One host of one play: the process of the play, in a form that survives reused process ids and a reboot."""

    host: str  # the machine's name, for messages
    machine: str  # the machine and its space of process ids, as long as it is up
    pid: int
    start: str  # when the process started, in the kernel's unit; empty where the system does not show it
    inventory_host: str

    FORM: ClassVar[Mapping[str, Decode]] = {
        "host": text,
        "machine": text,
        "pid": count,
        "start": text,
        "inventory_host": text,
    }


def _lease_seconds(value: Any) -> float:
    if not 1 <= duration(value) <= LONGEST_LEASE:
        raise _refuse("a duration of at most a day")
    return duration(value)


@dataclass(frozen=True)
class Lease(Part):
    """The right to restart nodes of this client."""

    owner: Owner
    seconds: float  # how long it lasts from its last renewal on
    renewed: float  # seconds since the epoch, by the clock of the machine that the ledger lies on

    FORM: ClassVar[Mapping[str, Decode]] = {"owner": part(Owner), "seconds": _lease_seconds, "renewed": duration}


@dataclass(frozen=True)
class Intention(Part):
    """A write, not yet confirmed, that needs a restart. Values are keyed hashes; ``after`` is None for a reset."""

    since: str
    before: Mapping[str, str]
    after: Optional[Mapping[str, str]]

    FORM: ClassVar[Mapping[str, Decode]] = {"since": moment, "before": each(digest), "after": maybe(each(digest))}


@dataclass(frozen=True)
class Restart(Part):
    """The pending restart: since when, and for which settings. ``reason`` says why one is pending without a change."""

    since: str
    settings: Tuple[str, ...]
    reason: str = "changed"

    FORM: ClassVar[Mapping[str, Decode]] = {
        "since": moment,
        "settings": names,
        "reason": one_of("changed", "not_confirmed", "forced"),
    }


@dataclass(frozen=True)
class Node(Part):
    """A node of a rolling restart, as it was before the restart, and whether it has been restarted."""

    role: str  # coreapp or master
    host: str
    report_key: str  # as the health report calls it; empty where it does not
    size: int  # how many nodes of the report it stands for
    running: bool
    well: bool  # whether the report showed it as up
    started: str  # the runtime's proof of its start
    done: bool
    tried: bool = False  # it was down, and could not be started in this run
    runs: str = ""  # what runs, where ``started`` can be compared during the restart only

    FORM: ClassVar[Mapping[str, Decode]] = {
        "role": one_of("coreapp", "master"),
        "host": text,
        "report_key": text,
        "size": count,
        "running": flag,
        "well": flag,
        "started": text,
        "done": flag,
        "tried": flag,
        "runs": text,
    }


@dataclass(frozen=True)
class Roll(Part):
    """A rolling restart: its nodes, how many nodes were connected before it, and what GET showed before the first one."""

    id: str
    prepared: bool  # no node has been touched, and the write that it is for is still to come
    before_write: bool  # the nodes were recorded before that write: another start of theirs proves nothing
    connected: int
    nodes: Mapping[str, Node]
    values: Optional[Mapping[str, Scalar]]

    FORM: ClassVar[Mapping[str, Decode]] = {
        "id": text,
        "prepared": flag,
        "before_write": flag,
        "connected": count,
        "nodes": each(part(Node)),
        "values": maybe(each(scalar)),
    }


@dataclass(frozen=True)
class Campaign(Part):
    since: str
    planned_end: Optional[str]

    FORM: ClassVar[Mapping[str, Decode]] = {"since": moment, "planned_end": maybe(moment)}


@dataclass(frozen=True)
class Hold(Part):
    """What garbage collection of messages was before the first campaign."""

    before: bool

    FORM: ClassVar[Mapping[str, Decode]] = {"before": flag}


@dataclass(frozen=True)
class Doubt(Part):
    """Why it is not known whether a stored value is in effect."""

    since: str
    reason: str

    FORM: ClassVar[Mapping[str, Decode]] = {
        "since": moment,
        "reason": one_of("never_confirmed", "changed_by_others", "mixed"),
    }


@dataclass(frozen=True)
class InEffect(Part):
    """What a rolling restart of all nodes has confirmed: the values that governed the nodes at this moment."""

    at: str
    values: Mapping[str, Scalar]
    starts: Mapping[str, str]  # node -> the proof of its start

    FORM: ClassVar[Mapping[str, Decode]] = {"at": moment, "values": each(scalar), "starts": each(text)}


@dataclass(frozen=True)
class KnownNode(Part):
    """A node of this client, as the last rolling restart left it."""

    host: str
    ran: bool

    FORM: ClassVar[Mapping[str, Decode]] = {"host": text, "ran": flag}


@dataclass(frozen=True)
class State(Part):
    """Everything that a ledger holds."""

    client: str = ""  # whose ledger this is, as messages name it
    intention: Optional[Intention] = None
    restart: Optional[Restart] = None
    roll: Optional[Roll] = None
    lease: Optional[Lease] = None
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    hold: Optional[Hold] = None
    release: Optional[str] = None  # what the last campaign leaves garbage collection as, until that is done
    seen: Mapping[str, Scalar] = field(
        default_factory=dict
    )  # settings that need a restart, as this collection last wrote or saw them
    in_effect: Optional[InEffect] = None
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    nodes: Mapping[str, KnownNode] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)  # name -> keyed hash of a value that GET does not show
    providers: Mapping[str, str] = field(default_factory=dict)  # media provider -> keyed hash of its credentials
    at_default: Optional[Mapping[str, str]] = None  # name -> keyed hash: the client right after a reset
    key: str = field(default="", repr=False)  # the key of these hashes

    FORM: ClassVar[Mapping[str, Decode]] = {
        "client": text,
        "intention": maybe(part(Intention)),
        "restart": maybe(part(Restart)),
        "roll": maybe(part(Roll)),
        "lease": maybe(part(Lease)),
        "campaigns": each(part(Campaign)),
        "hold": maybe(part(Hold)),
        "release": maybe(one_of(*AFTER)),
        "seen": each(scalar),
        "in_effect": maybe(part(InEffect)),
        "doubts": each(part(Doubt)),
        "nodes": each(part(KnownNode)),
        "sent": each(digest),
        "providers": each(digest),
        "at_default": maybe(each(digest)),
        "key": digest,
    }

    def as_json(self) -> Dict[str, Any]:
        written: Dict[str, Any] = to_json(self)
        return written
