# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The rolling restart of one client: which node is next, whether the client is ready for it, and when it is done.

The role restarts the nodes, this operation decides. ``begin`` takes the lease, ``plan`` records the nodes before the first
one, ``next`` records the node that was restarted, waits until it is back, and names the next one; after the last one it
closes the restart. ``renew`` renews the lease directly before a restart. A failure in any step returns the lease and says
in one sentence what is pending and how many nodes are done.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

from .. import _judgement as judgement
from .._api import connection, health, waiting
from .._api.client import Client
from .._api.http import REQUESTS_IMPORT_ERROR
from .._common import moments
from .._common.errors import CallError, InputError, OnPremError
from .._common.operation import Outcome, Task
from .._common.text import harmless
from .._engines import claims
from .._engines.nodes import FoundNode
from .._ledger import campaigns, in_effect, lease, lease_owner, restart, rolling
from .._ledger.file import OPTIONS as LEDGER_OPTIONS
from .._ledger.file import Ledger, owner_in
from .._ledger.state import LONGEST_LEASE, Node, Owner, State, same
from .._settings import catalog, planning, resource

LIBRARY_ERROR = REQUESTS_IMPORT_ERROR

OPTIONS: Dict[str, Dict[str, Any]] = dict(
    connection.OPTIONS,
    **{**LEDGER_OPTIONS, "ledger": {"type": "path", "required": True}},
    step={"type": "str", "required": True, "choices": ["begin", "plan", "renew", "next", "cancel"]},
    expected={"type": "list", "elements": "str", "default": []},
    defer={"type": "bool", "default": False},
    force={"type": "bool", "default": False},
    found={"type": "dict", "redact": "engine"},
    node={"type": "str"},
    result={"type": "dict", "redact": "engine"},
    lease_seconds={"type": "int", "default": 1800},
    lease_wait={"type": "int", "default": 3600},
    wait_timeout={"type": "int", "default": 600},
    interval={"type": "int", "default": 5},
    report_timeout={"type": "int", "default": 60},
    minimum_uptime={"type": "int", "default": 3},
    settle={"type": "bool", "default": False},
)
RULES: Dict[str, Any] = {"required_if": [("step", "plan", ("found",)), ("step", "next", ("node", "result"))]}

POLL_LEASE = 1.0  # seconds between two polls of a lease that another run holds
Values = Dict[str, Any]
LIMITS = {
    "lease_seconds": (1, LONGEST_LEASE),
    "lease_wait": (0, 10**6),
    "wait_timeout": (0, 10**6),
    "interval": (1, 3600),
    "report_timeout": (0, 10**6),
    "minimum_uptime": (0, 3600),
}


def run(params: Mapping[str, Any], task: Task, connect: Callable[..., Client] = connection.connect) -> Outcome:
    """One step. Raises OnPremError; whatever fails, the lease is returned first."""
    owner = _check(params)
    step = _Step(params, task, owner)
    try:
        # In the middle of a restart the Webapp may be down as well.
        params = dict(params, first_contact_timeout=None)
        with connect(params, True, task.progress, task.warn, task.secrets.append) as client:
            step.client = client
            return STEPS[params["step"]](step)
    except OnPremError as error:
        raise step.stopped(error) from None
    except BaseException:
        step.return_lease()
        raise


def _check(params: Mapping[str, Any]) -> Owner:
    owner = owner_in(params)
    if owner is None:
        raise InputError("the option owner is missing", "It is filled in by the collection's action plugin.")
    for name, (least, most) in LIMITS.items():
        if not least <= params[name] <= most:
            raise InputError("%s must be a number from %d to %d" % (name, least, most))
    return owner


class _Step:
    """One step with its circumstances."""

    client: Client

    def __init__(self, params: Mapping[str, Any], task: Task, owner: Owner) -> None:
        self.params, self.task, self.owner = params, task, owner

    def ledger(self) -> Ledger:
        task = self.task
        return Ledger(self.params["ledger"], task.check_mode, task.progress, warn=task.warn, owner=self.owner)

    # -- begin

    def begin(self) -> Outcome:
        """Takes the lease for the pending restart, or for one that a coming write needs. Waits for another run's."""
        until = time.monotonic() + (0 if self.task.check_mode else self.params["lease_wait"])
        deadline = waiting.Deadline("waiting for the lease", self.params["lease_wait"], self.task.progress)
        while True:
            with self.ledger() as ledger:
                state = self._with_reason(ledger.state)
                go = (restart.is_pending(state) or bool(self.params["expected"])) and not self.params["defer"]
                holder = lease.other_holder(state, self.owner, time.time()) if go else None
                if go and holder is None:
                    state = rolling.start(state, bool(self.params["expected"]))
                    state = lease.take(state, self.owner, self.params["lease_seconds"], time.time()) or state
                elif not go and lease.other_holder(state, self.owner, time.time()) is None:
                    state = replace(rolling.abandon(state), lease=None)  # what a run that was killed has left
                if holder is None or restart.is_pending(state) != restart.is_pending(ledger.state):
                    ledger.state = state
                    ledger.save()
                values = self._values(state)
            if holder is None:
                break
            if self.task.check_mode:
                self.task.warn(f"{lease_owner.describe(holder)} is restarting nodes of this client.")
                break
            if time.monotonic() >= until:
                raise CallError(
                    f"{lease_owner.describe(holder)} has been restarting its nodes for the {self.params['lease_wait']} s "
                    "that were waited",
                    "Wait for that run to end, then run again.",
                )
            deadline.reason = f"{lease_owner.describe(holder)} is restarting nodes of this client"
            deadline.pause(POLL_LEASE)
        report = self._report_now() if go else None
        return Outcome(
            values=dict(values, go=go, health=judgement.health_values(report), restart_id=rolling.roll_id(state))
        )

    def _with_reason(self, state: State) -> State:
        return restart.mark_pending(state, [], "forced") if self.params["force"] and not self.params["defer"] else state

    def _report_now(self, retry_timeout: float = 0) -> Optional[health.Report]:
        """One check by default: a client whose only Coreapp is down does not respond until that is started."""
        self.client.renew_deadline(retry_timeout, self.params["timeout"])
        try:
            return health.fetch(self.client)
        except CallError as error:
            if not error.retryable:
                raise
            return None  # its only Coreapp may be down

    # -- plan

    def plan(self) -> Outcome:
        """Records the nodes as they are, once none is starting and the report covers them."""
        found = judgement.found_nodes(self.params["found"])
        with self.ledger() as ledger:
            self._renew(ledger)
            ledger.save()
            recorded = {name: node.ran for name, node in ledger.state.nodes.items()}
            known = sum(node.size for node in rolling.nodes(ledger.state).values())
            expected = rolling.expected_connected(ledger.state) if known else None
        report, verdict = self._settled_verdict(found, recorded, expected)
        if verdict.problem:
            raise CallError(verdict.problem)
        nodes = {node.name: judgement.recorded(node, key, report) for node, key, dummy in verdict.nodes}
        for key in verdict.gone:
            self.task.warn(
                f"The health report names {harmless(key)} as down, and it was replaced or removed; the restart continues "
                "without it."
            )
        # A client that does not respond was seen last when a setting was written or read.
        responds = report is not None and not self.task.check_mode
        shown = self._shown_values() if responds else None
        with self.ledger() as ledger:
            self._renew(ledger)
            state, gone = rolling.observe(ledger.state, nodes, report.connected if report else 1)
            for name in gone:
                self.task.warn(
                    f"Node {harmless(name)}, which was to be restarted, is gone; the restart continues without it."
                )
            state = rolling.know(state, [(name, node.host, node.running) for name, node in nodes.items()])
            if restart.is_pending(state) and state.roll is not None and not state.roll.prepared:
                if shown is not None:
                    state = rolling.keep_values(in_effect.see(state, shown), shown)
                elif not self.task.check_mode:
                    state = rolling.keep_values(state, state.seen)
                state = in_effect.doubt_until_done(state)
            ledger.state = state
            ledger.save()
            complete = restart.is_pending(state) and not rolling.remaining(state, {})
        if complete and report is not None and not self.task.check_mode:
            return self._close(report)  # a run that was killed had restarted them all
        unknown = [{"name": name, "reason": reason, "claim": claim} for name, reason, claim in verdict.unknown]
        listed = [
            {"name": node.name, "state": node.state, "role": nodes[node.name].role, "report_key": key, "proof": proof}
            for node, key, proof in verdict.nodes
        ]
        return Outcome(values=dict(self._values(state, report), unknown=unknown, nodes=listed))

    def _settled_verdict(
        self, found: Sequence[FoundNode], recorded: Mapping[str, bool], expected: Optional[int]
    ) -> Tuple[Optional[health.Report], claims.Verdict]:
        """The report and what is a node by it. While a node is down, its start comes first and nothing is waited for."""

        def judge(report: Optional[health.Report]) -> claims.Verdict:
            return claims.judge(found, report.nodes if report else None, report.single if report else None, recorded)

        report = self._report_now()
        verdict = judge(report)
        if self.task.check_mode or not found or any(not node.running for node, dummy, proof in verdict.nodes):
            return report, verdict
        if verdict.problem:
            # A node that has just started is not named at once.
            limit = min(self.params["report_timeout"], self.params["wait_timeout"])
            deadline = self._deadline("waiting until the health report names every node", limit)
            pause = waiting.FIRST_PAUSE
            while verdict.problem and deadline.left() > 0:
                deadline.reason = verdict.problem
                deadline.pause(pause)
                pause = min(pause * waiting.GROWTH, self.params["interval"])
                report = self._report_now()
                verdict = judge(report)
            return report, verdict
        report = self._settled("see a settled health before the first node", expected)
        return report, judge(report)

    # -- renew

    def renew(self) -> Outcome:
        """Directly before a restart: who has lost the lease restarts nothing, and no node of a roll that starts over."""
        if self.params["settle"] and not self.task.check_mode:
            self._settle_again()
        with self.ledger() as ledger:
            self._renew(ledger)
            ledger.save()
            superseded = self.params["node"] is not None and self.params["node"] not in rolling.nodes(ledger.state)
            return Outcome(values=dict(self._values(ledger.state), superseded=superseded))

    def _settle_again(self) -> None:
        """A hook may have taken its time, or a node. A node that is down is started all the same."""
        with self.ledger() as ledger:
            self._renew(ledger)
            ledger.save()
            node = rolling.nodes(ledger.state).get(self.params["node"] or "")
            expected = rolling.expected_connected(ledger.state)
        if node is not None and node.running:
            self._settled("see a settled health after the hook", expected)

    def _renew(self, ledger: Ledger) -> None:
        """In check mode no lease is taken; ``begin`` has warned of another run that holds it."""
        if not self.task.check_mode:
            ledger.state = lease.renew(ledger.state, self.owner, time.time())
        elif ledger.state.roll is None:
            ledger.state = rolling.start(self._with_reason(ledger.state), bool(self.params["expected"]))

    def cancel(self) -> Outcome:
        """Returns the lease, where the write that it was taken for has turned out to need no restart."""
        state = self.return_lease()
        return Outcome(values=self._values(state or State()))

    # -- next

    def record(self) -> Outcome:
        """Records the restarted node, waits until it is back and the client has settled, names the next one."""
        name, result = self.params["node"], self.params["result"]
        with self.ledger() as ledger:
            self._renew(ledger)
            node = rolling.nodes(ledger.state).get(name)
            if node is None:  # another run has written a setting in the meantime: all nodes start over
                ledger.save()
                return Outcome(values=dict(self._values(ledger.state), superseded=restart.is_pending(ledger.state)))
            problem = judgement.problem(result)
            if problem:
                self._skip_or_stop(ledger, name, node, problem)
            else:
                ledger.state = rolling.advance(
                    ledger.state, name, str(result.get("started") or ""), str(result.get("runs") or "")
                )
            ledger.save()
            expected = rolling.expected_connected(ledger.state)
        if not problem:
            ids = [node.report_key, name, *[str(one) for one in result.get("report_ids") or []]]
            returning = waiting.Return(
                ids,
                bool(node.report_key),
                result.get("health") == "healthy",
                self.params["minimum_uptime"],
                judgement.up_seconds(result),
            )
            report = self._settled(f"{name} is restarted; see it back and the client settled", expected, returning)
            self._note_key(name, report.named(ids))
        else:
            report = self._settled("see a settled health", expected)
        return self._next_node(report)

    def _note_key(self, name: str, entries: Sequence[health.Node]) -> None:
        """A pod has another name after its restart."""
        keys = [entry.key for entry in sorted(entries, key=lambda entry: -rolling.RANKS.get(entry.role, 0))]
        with self.ledger() as ledger:
            roll, node = ledger.state.roll, rolling.nodes(ledger.state).get(name)
            if roll is not None and node is not None and keys and node.report_key not in keys:
                ledger.update(roll=replace(roll, nodes={**roll.nodes, name: replace(node, report_key=keys[0])}))
                ledger.save()

    def _skip_or_stop(self, ledger: Ledger, name: str, node: Node, problem: str) -> None:
        """A node that was down before and cannot be started stops the roll, unless enough others of its kind are up."""
        report = self._report_now(self.params["retry_timeout"]) if not node.running else None
        if report is None or not judgement.can_spare(ledger.state, node, report):
            raise CallError(f"node {harmless(name)}: {harmless(problem, 600)}")
        self.task.warn(f"Node {harmless(name)} is down and cannot be started: {harmless(problem, 600)}")
        roll = ledger.state.roll
        if roll is not None:
            ledger.update(roll=replace(roll, nodes={**roll.nodes, name: replace(node, tried=True)}))

    def _next_node(self, report: health.Report) -> Outcome:
        with self.ledger() as ledger:
            self._renew(ledger)
            if not rolling.nodes(ledger.state):
                ledger.save()
                return Outcome(values=dict(self._values(ledger.state), superseded=restart.is_pending(ledger.state)))
            pending = rolling.remaining(ledger.state, report.roles)
            untried = [name for name in pending if not rolling.nodes(ledger.state)[name].tried]
            ledger.save()
            if untried:
                return Outcome(values=self._values(ledger.state, report))
        if pending:
            raise CallError(f"node {', '.join(harmless(name) for name in pending)} is down and could not be started")
        return self._close(report)

    def _close(self, report: health.Report) -> Outcome:
        """Every node is done. What GET shows now as before the first node is in effect on all of them."""
        shown = self._shown_values()
        with self.ledger() as ledger:
            state = ledger.state
            roll = state.roll
            before = (roll.values if roll else None) or {}
            mixed = [
                name
                for name in restart.settings(state)
                if name in shown and not (name in before and same(before[name], shown[name]))
            ]
            if mixed:
                ledger.state = restart.mark_pending(in_effect.see(state, shown), mixed)
                ledger.save()
                raise CallError(
                    f"{', '.join(mixed)} was changed by others while the nodes were restarted",
                    "Check who else writes the settings, then run again.",
                )
            switches = (catalog.MESSAGE_COLLECTION.name, catalog.MESSAGE_COLLECTION_BEFORE_2_49_1.name)
            held_on = [name for name in switches if campaigns.is_active(state) and shown.get(name) is True]
            unwell = judgement.not_well(rolling.nodes(state), report)
            before_values = self._values(state, report)
            state = in_effect.confirm(state, before, shown, rolling.starts(state))
            ledger.state = lease.release(rolling.close(state), self.owner)
            ledger.save()
            total = before_values["total"]
            names = before_values["settings"] or sorted(shown)
            values = dict(
                self._values(ledger.state),
                total=total,
                done=total,
                closed=True,
                message=judgement.closed_message(ledger.state, total, names),
                in_effect={name: in_effect.of(ledger.state, name).as_values() for name in names},
            )
        if held_on:
            raise CallError(
                f"all nodes were restarted, but {held_on[0]}, which a campaign holds off, was switched on by others",
                "Check who else writes the settings, then begin the campaign again.",
            )
        if unwell:
            raise CallError(
                f"all nodes were restarted, but not all of them are well: {', '.join(unwell)}",
                "Check the logs of these nodes.",
            )
        return Outcome(changed=True, values=values)

    # -- what the steps share

    def _shown_values(self) -> Dict[str, Any]:
        self.client.renew_deadline(self.params["retry_timeout"], self.params["timeout"])
        return planning.restart_values(resource.fetch(self.client))

    def _deadline(self, what: str, limit: float) -> waiting.Deadline:
        return waiting.Deadline(what, limit, self.task.progress)

    def _settled(self, what: str, expected: Optional[int], returning: Optional[waiting.Return] = None) -> health.Report:
        deadline = self._deadline(what, self.params["wait_timeout"])
        return waiting.settled_report(
            self.client, deadline, expected, self.params["timeout"], self.params["interval"], returning
        )

    def _values(self, state: State, report: Optional[health.Report] = None) -> Values:
        """What every step returns about the restart."""
        pending = state.restart
        roles = report.roles if report else {}
        remaining = rolling.remaining(state, roles)
        untried = [name for name in remaining if not rolling.nodes(state)[name].tried]
        done, total = rolling.done_of(state)
        return {
            "client": state.client or self.client.name,
            "pending": pending is not None,
            "since": pending.since if pending else None,
            "settings": restart.settings(state) or list(self.params["expected"]),
            "reason": pending.reason if pending else None,
            "remaining": remaining,
            "next": untried[0] if untried else None,
            "done": done,
            "total": total,
            "at": moments.to_text(moments.utc_now()),
            "predicted": self.task.check_mode,
            "superseded": False,
            "closed": False,
            "node": self.params["node"] or "",
            "message": self._message(state, remaining),
        }

    def _message(self, state: State, remaining: Sequence[str]) -> str:
        """What is to be restarted, in one sentence."""
        settings = ", ".join(restart.settings(state) or self.params["expected"]) or "all settings (forced)"
        if state.restart is not None and self.params["defer"]:
            since = state.restart.since
            return (
                f"Not in effect yet: {settings}. A restart of the Coreapp is pending since {since} and deferred; "
                "run the playbook wabiz.onprem.restart."
            )
        if not remaining:
            return "No restart is pending."
        would = "Would restart" if self.task.check_mode else "To be restarted"
        return f"{would}, one after another: {', '.join(harmless(name, 80) for name in remaining)}, for {settings}."

    def return_lease(self) -> Optional[State]:
        """Returns the lease, where that is possible; the state as it is then."""
        if self.task.check_mode:
            return None
        try:
            with self.ledger() as ledger:
                ledger.state = rolling.abandon(lease.release(ledger.state, self.owner))
                ledger.save()
                return ledger.state
        except OnPremError:
            return None  # it ends by itself

    def stopped(self, error: OnPremError) -> OnPremError:
        """The failure as the user reads it."""
        state = self.return_lease()
        if state is None or not restart.is_pending(state):
            nothing = "" if state is None or not self.params["expected"] else ". Nothing was written"
            error.problem = f"{error.problem.rstrip('.')}{nothing}"
            error.doing = "restart the Coreapp"
            error.client = error.client or (state.client if state else "")
            return error
        done, total = rolling.done_of(state)
        names = ", ".join(restart.settings(state)) or "all nodes (forced)"
        nodes = f"; nodes done: {done} of {total}" if total else ""
        problem = f"{error.problem.rstrip('.')}. The restart stays pending for {names}{nodes}"
        again = "" if "run again" in error.advice else " Then run again, or run the playbook wabiz.onprem.restart."
        stopped = CallError(
            problem,
            error.advice + again
            if error.advice
            else "Fix the cause, then run again, or run the playbook wabiz.onprem.restart.",
            doing="restart the Coreapp",
            client=error.client or state.client,
            method=error.method,
            path=error.path,
            status=error.status,
            code=error.code,
        )
        stopped.retryable = error.retryable
        return stopped


STEPS: Dict[str, Callable[[_Step], Outcome]] = {
    "begin": _Step.begin,
    "plan": _Step.plan,
    "renew": _Step.renew,
    "next": _Step.record,
    "cancel": _Step.cancel,
}
