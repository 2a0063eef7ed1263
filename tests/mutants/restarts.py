# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defects in campaigns and rolling restarts, one per promise."""

from __future__ import annotations

from mutant import CRASH, OPERATIONS, ROLL, UTILS, Mutant

ROLLING = f"{UTILS}/_ledger/rolling.py"
STEPS = f"{OPERATIONS}/rolling_restart.py"
ACTIONS = "tests/unit/plugins/action/test_coreapp_actions.py"
CLAIMS = "tests/unit/plugins/module_utils/engines/test_claims.py"
EFFECT = f"{UTILS}/_ledger/in_effect.py"

RESTARTS: tuple[Mutant, ...] = (
    Mutant(
        "the lease is not returned after a failure",
        STEPS,
        "rolling.abandon(lease.release(ledger.state, self.owner))",
        "rolling.abandon(ledger.state)",
        (ROLL, "-k", "failed_step"),
    ),
    Mutant(
        "a node counts as restarted before its start has moved",
        ROLLING,
        "if not has_moved(node, started):",
        "if not started:",
        (ROLL, "-k", "start_has_moved"),
    ),
    Mutant(
        "a living owner loses its lease",
        f"{UTILS}/_ledger/lease.py",
        "return lease.owner if alive else None",
        "return None",
        (ROLL, "-k", "living_owner"),
    ),
    Mutant(
        "a restart is closed with nodes left",
        STEPS,
        "            if untried:\n",
        "            if False:\n",
        (ROLL, "-k", "node_that_is_left"),
    ),
    Mutant(
        "a restart is closed although a GET differed",
        STEPS,
        "            if mixed:\n",
        "            if False:\n",
        (ROLL, "-k", "changed_during"),
    ),
    Mutant(
        "the proof of another node's start is taken",
        ROLLING,
        "return bool(started) and started != known.started",
        "return True",
        (ROLL, "-k", "start_has_moved"),
    ),
    Mutant(
        "a prepared write writes",
        f"{UTILS}/_settings/apply.py",
        "if (plan.restart or unproven) and request.write == UNLESS_RESTART:",
        "if False:",
        (CRASH, "-k", "before_it_is_prepared and not default"),
    ),
    Mutant(
        "a campaign is recorded although its write was only prepared",
        f"{OPERATIONS}/campaign.py",
        "ledger.state = looked",
        "pass",
        (CRASH, "-k", "campaign_is_not_recorded"),
    ),
    Mutant(
        "a stored value is taken for one in effect",
        f"{UTILS}/_settings/apply.py",
        "unproven = [name for name in held if request.proof and _is_unproven(ledger, name, plan)]",
        "unproven: list[str] = []",
        (CRASH, "-k", "without_proof"),
    ),
    Mutant(
        "an unproven container is taken for a node",
        f"{UTILS}/_engines/claims.py",
        '    return "", "it runs, but neither the health report nor the ledger names it"',
        '    return BY_REPORT, ""',
        (CLAIMS, "-k", "does_not_name_is_not"),
    ),
    Mutant(
        "a machine is reached by a wrong connection",
        "plugins/plugin_utils/delegation.py",
        'if expected in ("", "smart") or',
        "if True or",
        ("tests/playbooks/test_roles.py", "-k", "changes_the_connection"),
    ),
    Mutant(
        "the ledger is written in check mode",
        f"{UTILS}/_ledger/file.py",
        "if self._read_only or (self._stored is None and self.state == State()):",
        "if self._stored is None and self.state == State():",
        ("tests/faults/test_plain.py", "-k", "campaign and check"),
    ),
    Mutant(
        "what collection was before a campaign is not kept",
        f"{UTILS}/_settings/apply.py",
        "    ledger.state = campaigns.note_before(ledger.state, current.values.get(switch))\n",
        "",
        (CRASH, "-k", "campaign_begins"),
    ),
    Mutant(
        "a change that a crash has hidden is not pending",
        f"{UTILS}/_ledger/restart.py",
        "return mark_pending(state, executed, owner=owner) if executed else withdraw(state)",
        "return withdraw(state)",
        (CRASH, "-k", "only_if_the_change"),
    ),
)
