# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each case by both entry points: the same result, messages and calls, nothing secret in either."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.testing import running_emulator

from .batch import Batch, Seen, run_batch
from .batches import BATCHES
from .case import MODULE_MARKERS, Case

CONTROLLER_ONLY = {"fleet_status", "run_summary", "coreapp_node", "coreapp_nodes", "coreapp_roll"}
Runs = dict[str, dict[str, Seen]]
ALL = [pytest.param(batch, case, id=f"{batch.name}: {case.name}") for batch in BATCHES for case in batch.cases]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Batch], Runs]]:
    """Runs a batch when the first of its cases is looked at."""
    done: dict[str, Runs] = {}
    with running_emulator() as emulator:

        def get(batch: Batch) -> Runs:
            if batch.name not in done:
                done[batch.name] = run_batch(emulator, batch, tmp_path_factory.mktemp("batch"))
            return done[batch.name]

        yield get


def _without(events: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {**event, "result": {key: value for key, value in event["result"].items() if key not in names}}
        for event in events
        if not (event["event"] == "retry" and "attempts" in names)
    ]


def _ran_as_module(seen: Seen) -> bool:
    task = seen.raw.split("TASK [The case]")[1].split("\nTASK [")[0]
    return any(marker in task for marker in MODULE_MARKERS)


@pytest.mark.parametrize(("batch", "case"), ALL, scope="module")  # so that a batch stays together
def test_both_entry_points_give_the_same(runs: Callable[[Batch], Runs], batch: Batch, case: Case) -> None:
    here, there = (runs(batch)[entry_point][case.name] for entry_point in ("a", "b"))

    assert _without(here.events, case.may_differ) == _without(there.events, case.may_differ)
    for name, value in case.expect.items():
        assert here.result.get(name, False) == value, here.result
    if not case.goes_on:
        assert here.calls == there.calls
        assert here.stored == there.stored
        assert here.live_tokens == there.live_tokens == 1  # the one that the test was given
        assert here.ledger == there.ledger
    if case.same_text:
        assert here.text == there.text


@pytest.mark.parametrize(("batch", "case"), ALL, scope="module")  # so that a batch stays together
def test_it_ran_where_it_should(runs: Callable[[Batch], Runs], batch: Batch, case: Case) -> None:
    here, there = (runs(batch)[entry_point][case.name] for entry_point in ("a", "b"))
    if case.task.get("when", True) is False:
        assert not _ran_as_module(here) and not _ran_as_module(there)
        return
    assert _ran_as_module(here) is not case.in_process
    # What only the controller can refuse (an unknown option) does not travel in either case.
    assert _ran_as_module(there) or case.refused_before


@pytest.mark.parametrize(("batch", "case"), ALL, scope="module")  # so that a batch stays together
def test_nothing_secret_is_shown(runs: Callable[[Batch], Runs], batch: Batch, case: Case) -> None:
    for entry_point in ("a", "b"):
        seen = runs(batch)[entry_point][case.name]
        said = seen.raw + str(seen.events) + seen.ledger
        assert not re.findall(r".{0,40}SECRET.{0,40}", said)
        assert "TOKEN" not in seen.text


def _of(runs: Callable[[Batch], Runs], batch_name: str, case_name: str) -> tuple[Seen, Seen]:
    batch = next(batch for batch in BATCHES if batch.name == batch_name)
    return runs(batch)["a"][case_name], runs(batch)["b"][case_name]


def _methods(seen: Seen) -> list[str]:
    return [call["method"] for call in seen.calls]


def test_a_time_limit_ends_the_task_but_no_module(runs: Callable[[Batch], Runs]) -> None:
    """Described in docs/in_process.md: what Ansible does about `timeout:` is not the same, and cannot be."""
    here, there = _of(runs, "gates", "a time limit of the task")
    assert "PATCH" not in _methods(here)
    assert here.stored["callback_persist"] is True
    assert _methods(here)[-1] == "POST"  # it has logged out
    # The module goes on, logs out, and its result is not read.
    assert _methods(there) == ["POST", "GET", "PATCH", "GET", "POST"]
    assert there.stored["callback_persist"] is False


def test_ansible_says_who_failed(runs: Callable[[Batch], Runs]) -> None:
    """Described in docs/in_process.md: from ansible-core 2.19 on, in its own text."""
    here, there = _of(runs, "failures", "a choice that is none")
    says = re.compile(r"Task failed: (Action|Module) failed: ")
    assert (says.findall(here.raw), says.findall(there.raw)) in ((["Action"], ["Module"]), ([], []))


def test_every_module_has_cases() -> None:
    modules = Path(__file__).resolve().parents[2] / "plugins" / "modules"
    tried = {case.module for batch in BATCHES for case in batch.cases}
    assert tried == {path.stem for path in modules.glob("*.py")} - CONTROLLER_ONLY
