# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions that ask engines, with a runner that returns what real engines returned. The engines' own tests show the rest."""

from __future__ import annotations

import copy
import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ansible_collections.wabiz.onprem.plugins.action import coreapp_node, coreapp_nodes
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError
from ansible_collections.wabiz.onprem.plugins.plugin_utils import running

RECORDED = Path(__file__).resolve().parents[1] / "module_utils" / "engines" / "recorded"
DOCKER, KUBERNETES, FAILED = (
    json.loads((RECORDED / f"{name}.json").read_text()) for name in ("docker", "kubernetes", "failures")
)
LIST, INSPECT, RESTART = (
    "community.docker.docker_host_info",
    "community.docker.docker_container_info",
    "community.docker.docker_container",
)
INFO, PATCH, COMMAND = "kubernetes.core.k8s_info", "kubernetes.core.k8s", "ansible.builtin.command"
SECRET = "never-to-be-seen"  # in environments and manifests


class Clock:
    def __init__(self) -> None:
        self.now, self.slept = 100.0, 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.001)
        self.slept += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(running, "time", one)
    monkeypatch.setattr(coreapp_node, "time", one)
    return one


class Runner:
    """In the place of Ansible: returns what the script has for a module, the last one again and again."""

    def __init__(self, **script: Any) -> None:
        self.script = {name: list(answers) for name, answers in script.items()}
        self.calls: list[tuple[str, dict[str, Any], bool]] = []

    def __call__(self, module: str, options: dict[str, Any], check_mode: bool) -> dict[str, Any]:
        self.calls.append((module, dict(options), check_mode))
        answers = self.script[module.rpartition(".")[2]]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return copy.deepcopy(answer)

    def count(self, module: str) -> int:
        return len([one for one, _options, _check in self.calls if one == module])


def act(module: Any, runner: Runner, check_mode: bool = False, transport: str = "local", **args: Any) -> dict[str, Any]:
    delegate, variables = args.pop("delegate_to", None), args.pop("variables", {})
    action = module.ActionModule.__new__(module.ActionModule)
    action._task = SimpleNamespace(check_mode=check_mode, delegate_to=delegate, action="x", resolved_action="a.b.x")
    action._connection, action._loader = SimpleNamespace(transport=transport), None
    action.variables, action.phase = {"inventory_hostname": "wa1", **variables}, ""
    action._run_once = runner
    action.command = lambda argv: runner(COMMAND, {"argv": argv}, False)
    action.params, problem = action._validated(args)
    assert not problem, problem
    done: dict[str, Any] = action.perform()
    assert SECRET not in json.dumps(done)
    return done


def inspected(name: str, **state: Any) -> dict[str, Any]:
    answer: dict[str, Any] = copy.deepcopy(DOCKER[name])
    answer["container"]["Config"]["Env"].append(f"WA_DB_PASSWORD={SECRET}")
    answer["container"]["State"].update(state)
    return answer


def listing(*names: str) -> dict[str, Any]:
    ids = [DOCKER[name]["container"]["Id"] for name in names]
    listed = [{"Id": number, "Image": "docker.whatsapp.biz/coreapp:v2"} for number in ids]
    return {"containers": listed, "host_info": {"ID": "E1"}}


def find(runner: Runner, **args: Any) -> dict[str, Any]:
    return act(coreapp_nodes, runner, strategy=args.pop("strategy", "docker"), **args)


def a_node(name: str = "running") -> dict[str, Any]:
    [node] = find(Runner(docker_host_info=[listing(name)], docker_container_info=[inspected(name)]))["nodes"]
    return dict(node)


# -- coreapp_nodes, docker


def test_containers_are_found_and_their_environment_stays_inside() -> None:
    runner = Runner(
        docker_host_info=[listing("running", "master")],
        docker_container_info=[inspected("running"), inspected("master")],
    )
    done = find(runner, filters={"label": "x"}, check_mode=True)
    assert [(node["role"], node["selected"]) for node in done["nodes"]] == [("coreapp", True), ("master", True)]
    assert (done["engines"], done["problem"], done["changed"]) == ({"E1": "wa1"}, "", False)
    assert [check for _module, _options, check in runner.calls] == [False] * 3, "reads also in check mode"
    assert runner.calls[0][1]["containers_filters"] == {"label": "x"}


def test_an_engine_under_two_names_is_used_once_and_a_copied_id_hides_nothing() -> None:
    first = find(Runner(docker_host_info=[listing("running")], docker_container_info=[inspected("running")]))
    runner = Runner(docker_host_info=[listing("running", "master")], docker_container_info=[inspected("master")])
    done = find(runner, previous=first, delegate_to="wa2")
    assert [node["host"] for node in done["nodes"]] == ["wa1", "wa2"]
    assert done["engines"] == {"E1": "wa1"}
    assert runner.count(INSPECT) == 1


def test_a_container_that_was_removed_in_between_is_no_node() -> None:
    runner = Runner(
        docker_host_info=[listing("running", "master")], docker_container_info=[DOCKER["gone"], inspected("master")]
    )
    assert len(find(runner)["nodes"]) == 1


@pytest.mark.parametrize("failure", ["no_socket", "refused"])
def test_an_engine_that_does_not_respond_is_a_problem_and_no_failure(failure: str) -> None:
    done = find(Runner(docker_host_info=[FAILED[failure]]))
    assert done["problem"].startswith("the Docker Engine of machine wa1: the engine did not respond")
    assert done["nodes"] == []


def test_an_inspection_that_fails_is_a_problem() -> None:
    runner = Runner(docker_host_info=[listing("running")], docker_container_info=[FAILED["refused"]])
    assert "the engine did not respond" in find(runner)["problem"]


def test_a_problem_of_another_machine_is_kept() -> None:
    first = find(Runner(docker_host_info=[{"unreachable": True, "msg": "no route"}]))
    runner = Runner(docker_host_info=[listing("running")], docker_container_info=[inspected("running")])
    done = find(runner, previous=first, delegate_to="wa2")
    assert "the machine is unreachable: no route" in done["problem"]
    assert len(done["nodes"]) == 1
    assert "no route" in find(runner, previous={"unreachable": True, "msg": "no route"})["problem"]


def test_nodes_that_are_not_right_are_refused() -> None:
    with pytest.raises(InputError):
        find(Runner(docker_host_info=[listing()]), previous={"nodes": [{"name": 5}]})


def test_a_machine_that_is_not_reached_by_its_own_connection_is_a_problem() -> None:
    machines = {"hostvars": {"wa2": {"ansible_connection": "ssh"}, "wa3": {"ansible_connection": "local"}, "wa4": {}}}
    runner = Runner(docker_host_info=[listing()])
    for machine, wrong in (("wa2", True), ("wa3", False), ("wa4", True), ("other", False), ("wa1", False)):
        done = find(runner, delegate_to=machine, variables=machines)
        assert ("ansible_connection" in done["problem"]) is wrong
    assert not find(runner, delegate_to="wa2", variables=machines, transport="ssh")["problem"]


# -- coreapp_nodes, kubernetes and command

WORKLOADS = [{"kind": "Deployment", "name": "wacore"}, {"kind": "Deployment", "name": "m", "role": "master"}]


def resources(name: str, what: str) -> dict[str, Any]:
    found = copy.deepcopy(KUBERNETES[name][what])
    return {"resources": found if isinstance(found, list) else [found]}


def test_workloads_are_found() -> None:
    single = {"known": True, "single": True}
    runner = Runner(k8s_info=[resources("single", "workload"), resources("single", "pods")])
    done = find(runner, strategy="kubernetes", workloads=[WORKLOADS[0]], health=single, namespace="n", restart_id="r1")
    assert [(node["name"], node["engine"]) for node in done["nodes"]] == [("deployment/wacore", "kubernetes/n")]
    assert runner.calls[1][1]["label_selectors"] == ["name=single"]
    assert "spec.template.spec" in runner.calls[0][1]["hidden_fields"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([{"resources": []}], "does not exist; check coreapp_kubernetes_workloads"),
        ([FAILED["k_get_forbidden"]], "the account lacks the right to get deployments"),
        ([resources("deployment", "workload"), FAILED["k_list_forbidden"]], "the account lacks the right to list pods"),
        ([FAILED["k_refused"]], "the API server does not respond"),
        ([resources("paused", "workload")], "Deployment wacore in namespace default is paused"),
    ],
)
def test_what_is_wrong_with_a_workload_is_a_problem(answers: list[Any], words: str) -> None:
    done = find(Runner(k8s_info=answers), strategy="kubernetes", workloads=WORKLOADS)
    assert words in done["problem"]


def test_no_workload_and_no_command_is_a_problem() -> None:
    assert "coreapp_kubernetes_workloads" in find(Runner(), strategy="kubernetes")["problem"]
    assert "coreapp_started_command" in find(Runner(), strategy="command")["problem"]
    given = {"nodes": [{"name": "a"}], "started_command": {}}
    assert "coreapp_started_command" in find(Runner(), strategy="command", **given)["problem"]


def test_listed_nodes_are_asked_one_by_one() -> None:
    runner = Runner(command=[{"rc": 0, "stdout": "11"}, {"rc": 0, "stdout": ""}])
    given = {
        "nodes": [{"name": "a"}, {"name": "b", "host": "wa9"}],
        "started_command": {"a": ["s", "a"], "b": ["s", "b"]},
    }
    done = find(runner, strategy="command", **given)
    assert [(node["started"], node["running"], node["host"]) for node in done["nodes"]] == [
        ("11", True, "wa1"),
        ("", False, "wa9"),
    ]
    assert runner.calls[1][1]["argv"] == ["s", "b"]
    broken = Runner(command=[{"rc": 1, "failed": True, "stderr": "boom"}])
    assert "node a: coreapp_started_command failed" in find(broken, strategy="command", **given)["problem"]


def test_by_default_the_command_is_the_roles_variable() -> None:
    runner = Runner(command=[{"rc": 0, "stdout": "11"}])
    variables = {"coreapp_started_command": ["started", "of", "it"]}
    done = find(runner, strategy="command", nodes=[{"name": "a"}], variables=variables)
    assert not done["problem"]
    assert runner.calls[0][1]["argv"] == ["started", "of", "it"]


# -- coreapp_node, docker


def restart(runner: Runner, node: dict[str, Any] | None = None, **args: Any) -> dict[str, Any]:
    return act(coreapp_node, runner, strategy=args.pop("strategy", "docker"), node=node or a_node(), **args)


def test_one_call_and_one_check(clock: Clock) -> None:
    runner = Runner(
        docker_container=[{**inspected("restarted"), "changed": True}], docker_container_info=[inspected("restarted")]
    )
    done = restart(runner)
    assert done["started"] == DOCKER["restarted"]["container"]["State"]["StartedAt"]
    assert (done["problem"], done["changed"], done["state"]) == ("", True, "running")
    assert [module for module, _options, _check in runner.calls] == [RESTART, INSPECT]
    options = runner.calls[0][1]
    assert options["name"] == DOCKER["running"]["container"]["Id"]
    assert "image" not in options
    assert options["comparisons"] == {"*": "ignore"}
    assert (options["stop_timeout"], options["timeout"]) == (20, 80), "its own grace period"
    assert clock.slept == 0
    assert done["up_seconds"] < 0.1


def test_how_long_it_has_been_up_is_counted_from_the_end_of_the_restart(clock: Clock) -> None:
    runner = Runner(
        docker_container=[{**inspected("restarted"), "changed": True}], docker_container_info=[inspected("restarted")]
    )
    assert restart(runner, stays_up=1.5)["up_seconds"] == 1.5
    assert restart(Runner(docker_container=[FAILED["gone"]], docker_container_info=[FAILED["gone"]]))["up_seconds"] == 0


def test_the_users_grace_period_wins() -> None:
    runner = Runner(
        docker_container=[{**inspected("restarted"), "changed": True}], docker_container_info=[inspected("restarted")]
    )
    restart(runner, stop_timeout=5)
    assert runner.calls[0][1]["stop_timeout"] == 5


def test_nothing_is_done_in_check_mode() -> None:
    runner = Runner()
    done = restart(runner, check_mode=True)
    assert (done["changed"], done["started"], runner.calls) == (True, "", [])


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (inspected("exited"), "it does not stay up: it is exited, exit code 3"),
        (inspected("paused"), "it is paused"),
        (DOCKER["gone"], "the container is gone"),
        (FAILED["refused"], "the engine did not respond"),
        ({"unreachable": True, "msg": "no route"}, "the machine is unreachable: no route"),
    ],
)
def test_a_container_that_does_not_stay_up_is_a_problem(look: dict[str, Any], words: str) -> None:
    runner = Runner(docker_container=[{**inspected("restarted"), "changed": True}], docker_container_info=[look])
    done = restart(runner)
    assert words in done["problem"]
    assert done["changed"]


def test_a_loop_of_restarts_ends_at_the_limit(clock: Clock) -> None:
    polls = []
    for count in range(1, 60):
        # the last polls meet it while it runs for a moment, when an engine shows no exit code
        polls.append(inspected("restarting") if count < 3 else inspected("restarted", StartedAt=f"t{count}"))
        polls[-1]["container"]["RestartCount"] = count
    runner = Runner(docker_container=[{**inspected("restarted"), "changed": True}], docker_container_info=polls)
    done = restart(runner, timeout=30)
    assert "the engine has started it again" in done["problem"]
    assert "its last exit code is 7" in done["problem"]
    assert 30 <= clock.slept < 45


def test_a_flaky_start_that_ends_well_is_one() -> None:
    """It is over when the restart count has ceased to grow, whatever that is."""
    polls = [inspected("restarting"), inspected("restarted", StartedAt="t9"), inspected("restarted", StartedAt="t9")]
    for look in polls:
        look["container"]["RestartCount"] = 3
    runner = Runner(docker_container=[{**inspected("restarted"), "changed": True}], docker_container_info=polls)
    done = restart(runner)
    assert (done["problem"], done["started"]) == ("", "t9")


def test_a_start_that_has_not_moved_is_a_problem() -> None:
    runner = Runner(
        docker_container=[{"changed": False, **inspected("running")}], docker_container_info=[inspected("running")]
    )
    assert "has not changed" in restart(runner)["problem"]


def test_a_container_that_was_made_anew_needs_no_restart() -> None:
    runner = Runner(docker_container=[FAILED["gone"]], docker_container_info=[inspected("restarted")])
    done = restart(runner)
    assert (done["problem"], done["changed"]) == ("", False)
    assert runner.calls[1][1]["name"] == "eng-rec-client1-wacore1-1"


def test_one_that_was_made_anew_and_does_not_run_is_started() -> None:
    anew = inspected("restarted", Running=False, Status="created")
    runner = Runner(
        docker_container=[FAILED["gone"], {**inspected("restarted"), "changed": True}],
        docker_container_info=[anew, inspected("restarted")],
    )
    done = restart(runner)
    assert (done["problem"], done["changed"], runner.count(RESTART)) == ("", True, 2)


def test_another_container_of_the_same_name_is_not_touched() -> None:
    other = inspected("restarted")
    other["container"]["Config"]["Labels"]["com.docker.compose.project"] = "client2"
    runner = Runner(docker_container=[FAILED["gone"]], docker_container_info=[other])
    assert "not of this client" in restart(runner)["problem"]
    assert runner.count(RESTART) == 1


def test_a_container_that_is_gone_is_said_to_be() -> None:
    runner = Runner(docker_container=[FAILED["gone"]], docker_container_info=[DOCKER["gone"]])
    assert restart(runner)["problem"] == "the container was removed, and there is none of the same name"


def test_an_engine_that_comes_back_is_asked_again() -> None:
    """A daemon that is restarted in the middle leaves the container stopped, or has restarted it."""
    runner = Runner(
        docker_container=[FAILED["refused"], {**inspected("restarted"), "changed": True}],
        docker_container_info=[FAILED["refused"], inspected("exited"), inspected("restarted")],
    )
    assert restart(runner)["problem"] == ""
    assert runner.count(RESTART) == 2
    runner = Runner(docker_container=[FAILED["refused"]], docker_container_info=[inspected("restarted")])
    done = restart(runner, stays_up=1.5)
    assert (done["problem"], done["up_seconds"]) == ("", 0.0), "its start was not seen"
    assert runner.count(RESTART) == 1


def test_an_engine_that_stays_silent_is_not_a_container_that_is_gone(clock: Clock) -> None:
    runner = Runner(docker_container=[FAILED["refused"]], docker_container_info=[FAILED["refused"]])
    problem = restart(runner)["problem"]
    assert "was not restarted: the engine did not respond" in problem
    assert "gone" not in problem
    assert clock.slept <= 60.1


def test_a_rejection_is_reported_at_once(clock: Clock) -> None:
    runner = Runner(docker_container=[{"failed": True, "msg": "driver failed programming external connectivity"}])
    assert "driver failed" in restart(runner)["problem"]
    assert clock.slept == 0


# -- coreapp_node, kubernetes

WORKLOAD = {
    "name": "deployment/wacore",
    "running": True,
    "details": {"kind": "Deployment", "name": "wacore", "selector": "name=wacore"},
}
PATCHED = {"result": KUBERNETES["rolled"]["workload"], "method": "patch", "changed": True}


def roll(runner: Any, **args: Any) -> dict[str, Any]:
    return restart(runner, dict(WORKLOAD), strategy="kubernetes", restart_id="r1", **args)


class ApiServer:
    """In the place of a runner, with one answer for workloads and one for pods."""

    def __init__(self, workload: Any, pods: Any, patched: Any = None) -> None:
        self.workload, self.pods, self.patched = workload, list(pods), patched or PATCHED
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, module: str, options: dict[str, Any], check_mode: bool) -> dict[str, Any]:
        del check_mode
        self.calls.append((module, options))
        if module == PATCH:
            answer = self.patched
        elif options["kind"] == "Pod":
            answer = self.pods.pop(0) if len(self.pods) > 1 else self.pods[0]
        else:
            answer = self.workload
        return copy.deepcopy(dict(answer))


ROLLED, ROLLING = resources("rolled", "workload"), resources("rolling", "workload")
NEW, MIXED = resources("rolled", "pods"), resources("rolling", "pods")


def test_a_workload_is_patched_once_and_waited_for() -> None:
    server = ApiServer(ROLLED, [MIXED, MIXED, NEW])
    done = roll(server, namespace="n")
    assert (done["problem"], done["started"], done["changed"]) == ("", "rolled out for r1", True)
    assert done["health"] == "healthy"
    assert len(done["report_ids"]) == 4
    assert [options["kind"] for module, options in server.calls if module == INFO] == ["Pod"] * 3
    [patch] = [options for module, options in server.calls if module == PATCH]
    assert patch["definition"]["spec"]["template"]["metadata"]["annotations"] == {"wabiz.onprem/restart": "r1"}
    assert all(options["namespace"] == "n" for _module, options in server.calls)


def test_what_it_leaves_behind_is_what_a_later_check_finds() -> None:
    pods = copy.deepcopy(NEW)
    left = roll(ApiServer(ROLLED, [pods]), namespace="n")["runs"]

    def found_later(pods: Any) -> Any:
        runner = Runner(k8s_info=[ROLLED, pods])
        (node,) = find(runner, strategy="kubernetes", workloads=[WORKLOADS[0]], purpose="check")["nodes"]
        return node["runs"]

    assert left.startswith("pods ") and found_later(pods) == left
    pods["resources"].reverse()
    assert found_later(pods) == left
    replaced, again = copy.deepcopy(pods), copy.deepcopy(pods)
    replaced["resources"][0]["metadata"]["uid"] = "another"
    again["resources"][0]["status"]["containerStatuses"][0]["state"]["running"]["startedAt"] = "2027-01-01T00:00:00Z"
    assert left not in (found_later(replaced), found_later(again)) and found_later(replaced) != found_later(again)


def test_a_second_time_it_only_waits() -> None:
    done = roll(ApiServer(ROLLED, [NEW], dict(PATCHED, changed=False)))
    assert (done["problem"], done["changed"]) == ("", False)


def test_where_a_pod_must_have_been_ready_for_a_while_the_workload_says_when() -> None:
    slow = copy.deepcopy(KUBERNETES["rolled"]["workload"])
    slow["spec"]["minReadySeconds"] = 30
    early = copy.deepcopy(slow)
    early["status"]["availableReplicas"] = 1
    server = ApiServer({"resources": [early]}, [NEW], dict(PATCHED, result=slow))
    assert "has not rolled out" in roll(server, timeout=5)["problem"]
    assert roll(ApiServer({"resources": [slow]}, [NEW], dict(PATCHED, result=slow)))["problem"] == ""


FORBIDDEN_PODS = FAILED["k_list_forbidden"]


@pytest.mark.parametrize(
    ("patched", "workload", "pods", "words"),
    [
        (FAILED["k_missing"], {}, [{}], "it does not exist any more"),
        (FAILED["k_patch_forbidden"], {}, [{}], "the account lacks the right to get and patch deployments"),
        (PATCHED, {"resources": []}, [MIXED], "it does not exist any more"),
        (PATCHED, resources("deployment", "workload"), [MIXED], "does not hold this restart any more"),
        (PATCHED, FAILED["k_get_forbidden"], [MIXED], "the account lacks the right to get deployments"),
        (PATCHED, ROLLED, [FORBIDDEN_PODS], "lacks the right to list pods"),
        (PATCHED, ROLLED, [{"unreachable": True, "msg": "no route"}], "the machine is unreachable"),
        (PATCHED, FAILED["k_refused"], [FAILED["k_refused"]], "the API server does not respond"),
        (PATCHED, ROLLED, [MIXED], "old pods are still there"),
        (PATCHED, ROLLING, [resources("crashing", "pods")], "CrashLoopBackOff"),
        (PATCHED, ROLLING, [MIXED], "after 5 s it has not rolled out: of 2 pods 1 are new"),
    ],
)
def test_a_rollout_that_does_not_end_well_is_a_problem(patched: Any, workload: Any, pods: Any, words: str) -> None:
    done = roll(ApiServer(workload, pods, patched), timeout=5)
    assert words in done["problem"]
    assert done["started"] == ""


def test_a_template_that_others_have_changed_ends_the_wait(clock: Clock) -> None:
    roll(ApiServer(resources("deployment", "workload"), [MIXED]), timeout=600)
    assert clock.slept < 5


def test_without_an_id_nothing_is_rolled_out() -> None:
    runner = Runner()
    done = restart(runner, dict(WORKLOAD), strategy="kubernetes")
    assert "restart_id" in done["problem"]
    assert runner.calls == []


# -- coreapp_node, command

LISTED = {"name": "a", "started": "1", "running": True}
COMMANDS = {"restart_command": ["r", "a"], "started_command": ["s", "a"]}


def test_a_command_restarts_and_another_one_proves_it() -> None:
    runner = Runner(command=[{"rc": 0}, {"rc": 1, "failed": True}, {"rc": 0, "stdout": "1"}, {"rc": 0, "stdout": "2"}])
    done = restart(runner, dict(LISTED), strategy="command", **COMMANDS)
    assert (done["started"], done["problem"], done["changed"]) == ("2", "", True)
    assert done["up_seconds"] == 0.0, "its start may come long after the command that orders it"
    assert [options["argv"][0] for _module, options, _check in runner.calls] == ["r", "s", "s", "s"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([{"rc": 4, "failed": True, "stderr": "boom"}], "coreapp_restart_command failed with exit code 4: boom"),
        ([{"rc": 0}, {"rc": 0, "stdout": "1"}], "prints no new start after 3 s"),
        ([{"rc": 0}, {"rc": 9, "failed": True, "stderr": "boom"}], "exit code 9: boom"),
        ([{"unreachable": True, "msg": "no route"}], "the machine is unreachable: no route"),
    ],
)
def test_a_command_that_brings_no_new_start_is_a_problem(answers: list[Any], words: str) -> None:
    done = restart(Runner(command=answers), dict(LISTED), strategy="command", timeout=3, **COMMANDS)
    assert words in done["problem"]
    assert done["started"] == ""


def test_commands_must_be_given() -> None:
    assert "coreapp_restart_command" in restart(Runner(), dict(LISTED), strategy="command")["problem"]


# -- the base


def test_unknown_and_wrong_options_are_refused() -> None:
    action = coreapp_nodes.ActionModule.__new__(coreapp_nodes.ActionModule)
    action._task = SimpleNamespace(action="coreapp_nodes", resolved_action="wabiz.onprem.coreapp_nodes")
    assert "Did you mean filters?" in action._validated({"strategy": "docker", "filter": {}})[1]
    assert "strategy" in action._validated({"strategy": "podman"})[1]
    assert "missing required arguments: strategy" in action._validated({})[1]


def test_progress_names_client_and_node() -> None:
    action = coreapp_node.ActionModule.__new__(coreapp_node.ActionModule)
    action.variables, action.phase = {"inventory_hostname": "wa-berlin"}, "stopping"
    action.node = SimpleNamespace(name="wa-berlin/wacore3")
    assert action._progress(8.2) == "wa-berlin wacore3: stopping, 8 s"
    action.node = SimpleNamespace(name="wa2/wacore3")
    assert action._progress(8.2) == "wa-berlin wa2/wacore3: stopping, 8 s"


def test_polls_end_with_the_limit(clock: Clock) -> None:
    lefts: list[float] = list(running.polls(10))
    assert lefts[0] == 10
    assert lefts[-1] <= 0
    assert len(lefts) < 12
    assert clock.slept == pytest.approx(10)


@pytest.mark.parametrize("name", ["coreapp_node", "coreapp_nodes"])
def test_the_options_are_the_documented_ones(name: str) -> None:
    module = importlib.import_module(f"ansible_collections.wabiz.onprem.plugins.modules.{name}")
    action = importlib.import_module(f"ansible_collections.wabiz.onprem.plugins.action.{name}")
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert_documented(documented, action.ActionModule.OPTIONS)
    assert set(yaml.safe_load(module.RETURN)) == RETURNED[name]


def assert_documented(documented: dict[str, Any], options: dict[str, Any]) -> None:
    assert set(documented) == set(options)
    for name, option in options.items():
        for key in ("type", "elements", "default", "choices", "required"):
            assert documented[name].get(key) == option.get(key), (name, key)
        assert_documented(documented[name].get("suboptions", {}), option.get("options", {}))


RETURNED = {
    "coreapp_node": {"name", "started", "runs", "state", "health", "report_ids", "up_seconds", "problem"},
    "coreapp_nodes": {"nodes", "engines", "problem"},
}


# -- answers of another shape


def test_an_answer_of_another_shape_is_a_problem_and_not_an_exception() -> None:
    done = find(Runner(docker_host_info=[{"containers": [["x"]], "host_info": {}}]))
    assert "what the engine returned is not understood (AttributeError at docker.py:" in done["problem"]
    node = a_node()
    done = act(coreapp_node, Runner(docker_container=[{"container": {"State": 5}}]), strategy="docker", node=node)
    assert "what the engine returned is not understood" in done["problem"]
