# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hook of a sweep is given in ``campaign_sweep_found``, from the results that the roles have registered."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ansible_collections.wabiz.onprem.plugins.plugin_utils import run_summary

ENDED, REPAIRED, OK = "ended", "repaired", "ok"


def swept(client: run_summary.Client, results: Mapping[str, run_summary.Result]) -> dict[str, Any]:
    """One client: ``name``, ``outcome``, ``ended``, ``changed_settings``, ``restart`` and ``problem``."""
    write = results.get("campaign_mode__result", {})
    if write.get("prepared"):  # nothing has been written, as the nodes could not be found
        write = {}
    failed = client.outcome == run_summary.FAILED
    ended, changed = (list(write.get(one) or []) for one in ("ended", "changed_settings"))
    restart = _restart(write, results.get("coreapp__restart", {}), failed)
    outcome = run_summary.FAILED if failed else ENDED if ended else REPAIRED if changed or restart == "done" else OK
    return {
        "name": client.name,
        "outcome": outcome,
        "ended": ended,
        "changed_settings": changed,
        "restart": restart,
        "problem": run_summary.problem(results) if failed else "",
    }


def found(clients: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All clients counted in ``summary``, and in ``clients`` those for which there is something to report."""
    counts = {
        "clients": len(clients),
        "failed": sum(one["outcome"] == run_summary.FAILED for one in clients),
        "ended": sum(bool(one["ended"]) for one in clients),
        "repaired": sum(one["outcome"] == REPAIRED for one in clients),
    }
    return {"summary": counts, "clients": [dict(one) for one in clients if one["outcome"] != OK]}


def _restart(write: run_summary.Result, restart: run_summary.Result, failed: bool) -> str:
    if not write.get("restart_required"):
        return "none"
    return "done" if restart.get("go") and not failed else "pending"
