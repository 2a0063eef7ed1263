# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of a shipped playbook has done, from the results that the roles have registered: one line per client."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, NamedTuple, Sequence

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless

# Registered by the roles and playbooks, in the order of a run.
REGISTERED = (
    "campaign_sweep__reached",
    "campaign_mode__result",
    "application_settings__result",
    "collect_garbage_result",
    "coreapp__restart",
    "coreapp_found",
    "coreapp__plan",
    "coreapp__renewed",
    "coreapp_restarted",
    "coreapp__next",
)
WRITES = ("campaign_mode__result", "application_settings__result", "collect_garbage_result")
FAILED, PENDING, CHANGED, UNCHANGED = "failed", "pending", "changed", "unchanged"
OUTCOMES = (FAILED, PENDING, CHANGED, UNCHANGED)
HEAD = ("CLIENT", "RESULT", "IN EFFECT", "NODES", "SECONDS")
NONE = "-"
MOST_UNCHANGED = 20  # more of them are a count
MOST_NAMES = 2  # settings that are listed in a cell
SECRET = ("password", "token", "api_key", "settings", "desired")
UNEXPLAINED = "A task outside of the collection has failed, for example in a hook. Its message is above."

NOTHING_RAN = (
    "No task of the collection ran. Run the playbook without --tags, --skip-tags and --start-at-task; to write now and restart "
    "later, use -e coreapp_restart=defer, and the playbook wabiz.onprem.restart."
)

_PREFIX = re.compile(r"^(?:(?:Task|Action|Module) failed: )+")

Result = Mapping[str, Any]


class Line(NamedTuple):
    """A line, and the outcome of the client that it is about; none for a heading."""

    text: str
    outcome: str


@dataclass(frozen=True)
class Client:
    """What has become of one client."""

    name: str
    outcome: str
    done: str
    effect: str = NONE
    nodes: str = NONE
    seconds: str = NONE
    cause: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        return (harmless(self.name, 40), self.done, self.effect, self.nodes, self.seconds)


def judge(name: str, results: Mapping[str, Result], failed: bool, check_mode: bool = False) -> Client:
    """One client, by its registered results.

    :arg failed: whether Ansible has taken the host out of the play, for whatever reason.
    """
    restart, last = results.get("coreapp__restart", {}), _last_step(results)
    write: Result = next((results[one] for one in WRITES if one in results), {})
    nodes = f"{last.get('done', 0)}/{last['total']}" if last.get("total") and not last.get("predicted") else NONE
    seconds = _seconds(restart, last)
    if failed:
        return Client(name, FAILED, FAILED, NONE, nodes, seconds, cause(name, results))
    would = bool(check_mode or last.get("predicted"))
    words = _written(write, would)
    if last.get("closed"):
        words.append("restarted")
        return Client(name, CHANGED, ", ".join(words), effect(last.get("in_effect"), None), nodes, seconds)
    if restart.get("go"):
        count = len(last.get("remaining") or [])
        words.append(f"would restart {count} {'node' if count == 1 else 'nodes'}" if would else "not restarted")
        return Client(name, CHANGED, ", ".join(words), NONE, nodes, seconds)
    shown = effect(write.get("in_effect"), _relevant(write))
    if restart.get("pending") or write.get("restart_required"):
        return Client(name, PENDING, ", ".join([*words, "restart pending"]), shown)
    return Client(name, CHANGED if words else UNCHANGED, ", ".join(words) or UNCHANGED, shown)


def _last_step(results: Mapping[str, Result]) -> Result:
    """The latest step of the rolling restart that says how far it is."""
    for name in ("coreapp__next", "coreapp__plan"):
        if "total" in results.get(name, {}):
            return results[name]
    return {}


def _written(write: Result, would: bool) -> list[str]:
    if not write.get("changed") and not write.get("prepared"):
        return []
    words = []
    ended = [harmless(one, 30) for one in write.get("ended") or []]
    if ended:
        words.append(f"{'would end' if would else 'ended'} {_listed(ended)}")
    elif write.get("campaigns"):
        names = [harmless(one["name"], 30) for one in write["campaigns"]]
        words.append(f"campaign {', '.join(names[:MOST_NAMES])}")
    changed = [str(one) for one in write.get("changed_settings") or []]
    if changed:
        words.append(f"{'would set' if would else 'set'} {_listed(changed)}")
    if not words:
        words.append("would change" if would else "changed")
    return words


def _relevant(write: Result) -> list[str] | None:
    """The settings of which it matters here whether they are in effect; None for all."""
    names = [*(write.get("held_settings") or []), *(write.get("changed_settings") or [])]
    return names or (["garbagecollector_enable.messages"] if "campaigns" in write else None)


def effect(effects: Any, names: Sequence[str] | None) -> str:
    """What is known to be in effect: ``callback_persist: true (20:46Z)``."""
    if not isinstance(effects, Mapping):
        return NONE
    known = {name: one for name, one in effects.items() if names is None or name in names}
    if not known:
        return NONE
    doubtful = [name for name, one in known.items() if not one.get("confirmed")]
    if len(known) > MOST_NAMES:
        return f"{len(known) - len(doubtful)} of {len(known)} settings confirmed"
    return ", ".join(
        f"{name}: ?" if name in doubtful else f"{name}: {_value(one.get('value'))} ({_time(one['confirmed_at'])})"
        for name, one in sorted(known.items())
    )


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else harmless(value, 20)


def _time(at: Any) -> str:
    return f"{harmless(at, 20)[11:16]}Z"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} settings"


def _seconds(restart: Result, last: Result) -> str:
    begin, end = moments.parse(str(restart.get("at") or "")), moments.parse(str(last.get("at") or ""))
    return f"{(end - begin).total_seconds():.0f}" if begin and end else NONE


def cause(name: str, results: Mapping[str, Result]) -> str:
    """Why the client has failed, without its name, so that the same cause reads the same for every client."""
    text, client = problem(results), str((_wrong(results).get("error") or {}).get("client") or "")
    for known in filter(None, (f"{name} ({client})" if client else "", client)):
        text = text.replace(known, "the client")
    return text


def problem(results: Mapping[str, Result]) -> str:
    """Why the client has failed, as the failing task said it, harmless and not too long."""
    result = _wrong(results)
    text = _PREFIX.sub("", str(result.get("msg") or result.get("censored") or "").strip())
    if result.get("unreachable"):
        return harmless(f"Ansible cannot reach the machine: {text or 'it gave no reason'}", 600)
    return harmless(text, 1000) or UNEXPLAINED


def _wrong(results: Mapping[str, Result]) -> Result:
    """The last result that is a failure."""
    wrong = [results[one] for one in REGISTERED if _is_wrong(results.get(one, {}))]
    return wrong[-1] if wrong else {}


def _is_wrong(result: Result) -> bool:
    return bool(result.get("failed") or result.get("unreachable"))


# -- the lines


def lines(clients: Iterable[Client], command: str, show_all: bool = False) -> list[Line]:
    """The table, the causes, the command that repeats what has failed, and the sum."""
    sorted_clients = sorted(clients, key=lambda one: (OUTCOMES.index(one.outcome), one.name))
    unchanged = [one for one in sorted_clients if one.outcome == UNCHANGED]
    folded = len(unchanged) > MOST_UNCHANGED and not show_all
    shown = [one for one in sorted_clients if not (folded and one.outcome == UNCHANGED)]
    rows = [one.row for one in shown]
    widths = [max(map(len, column)) for column in zip(HEAD, *rows)]
    table = [Line(_joined(HEAD, widths), ""), *(Line(_joined(one.row, widths), one.outcome) for one in shown)]
    groups: dict[str, list[str]] = {}
    for one in sorted_clients:
        if one.outcome == FAILED:
            groups.setdefault(one.cause, []).append(one.name)
    causes = [Line(f"{_names(names)}: {text}", FAILED) for text, names in groups.items()]
    repeat = [Line(f"Repeat: {command}", "")] if groups and command else []
    counts = [f"{sum(one.outcome == what for one in sorted_clients)} {what}" for what in OUTCOMES]
    total = len(sorted_clients)
    end = Line(f"{total} {'client' if total == 1 else 'clients'}: {', '.join(counts)}.", "")
    return [*(table if shown else []), *causes, *repeat, end]


def _names(names: Sequence[str]) -> str:
    shown = [harmless(one, 40) for one in names[:10]]
    return ", ".join(shown) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()


# -- the command


def leaves_tasks_out(given: Mapping[str, Any]) -> bool:
    """Whether the command line may have left out the tasks that the table is about."""
    tags = set(given.get("tags") or ()) - {"all"}
    return bool(tags or given.get("skip_tags") or given.get("start_at_task"))


def command(given: Mapping[str, Any], failed: Sequence[str], everyone: Sequence[str]) -> str:
    """The command line of this run, for the clients that have failed.

    :arg given: the options of ansible-playbook, as Ansible has parsed them. Values that may be secret are not shown.
    """
    words = ["ansible-playbook", *map(str, given.get("args") or ())]
    for inventory in given.get("inventory") or ():
        words += ["-i", str(inventory)]
    for extra in given.get("extra_vars") or ():
        words += ["-e", str(extra) if _is_harmless(str(extra)) else "***"]
    for tag in given.get("tags") or ():
        if tag != "all":
            words += ["--tags", str(tag)]
    words += ["--check"] if given.get("check") else []
    if sorted(failed) != sorted(everyone) or given.get("subset"):
        words += ["--limit", ",".join(failed)]
    return harmless(" ".join(shlex.quote(word) for word in words), 20000)


def _is_harmless(extra: str) -> bool:
    """Whether an extra variable can be shown: a file, or plain variables of the collection that hold no secret."""
    if extra.startswith("@"):
        return True
    try:
        names = list(json.loads(extra)) if extra.lstrip().startswith("{") else _assigned(extra)
    except ValueError:
        return False
    ours = ("wabiz_onprem_", "campaign_", "coreapp_", "application_settings_")
    return bool(names) and all(
        str(name).startswith(ours) and not any(word in str(name) for word in SECRET) for name in names
    )


def _assigned(extra: str) -> list[str]:
    """The names of ``a=b c=d``. Raises ValueError for anything else."""
    words = shlex.split(extra)
    if not all("=" in word for word in words):
        raise ValueError(extra)
    return [word.partition("=")[0] for word in words]
