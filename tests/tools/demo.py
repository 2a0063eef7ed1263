# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, visibly: an emulated client, its settings, a campaign that begins and ends. Called by `make demo`.

It needs ansible-core, requests and the emulator's libraries in the PATH's Python; DEMO_PORT chooses another port than 9090.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".cache" / "demo"
STATE = HOME / "emulator"
PORT = os.environ.get("DEMO_PORT", "9090")
CAMPAIGN = "spring-sale"


class DemoError(Exception):
    """What went wrong, and what to do."""


def say(text: str) -> None:
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}=== {text}{plain}", flush=True)


def emulator(*arguments: str, quiet: bool = False) -> str:
    """Runs a command of the emulator, shows what it says unless asked not to, and returns it."""
    command = [sys.executable, "-m", "emulator", arguments[0], "--state", str(STATE), *arguments[1:]]
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "tests"))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        problem = done.stderr.strip() or f"emulator {arguments[0]} ended with {done.returncode}"
        hint = "; choose another port: make demo DEMO_PORT=9091" if "cannot listen" in problem else ""
        raise DemoError(problem + hint)
    if not quiet:
        print(done.stdout, end="", flush=True)
    return done.stdout


def status() -> dict[str, Any]:
    """What the emulator knows of its one client."""
    answer: dict[str, Any] = json.loads(emulator("status", "--json", quiet=True))
    client: dict[str, Any] = answer["clients"][""]
    return client


def write_inventory(facts: dict[str, Any]) -> Path:
    """One client in an inventory, as a user would write it; the strategy `command` restarts the emulator's processes."""
    of_emulator = [sys.executable, "-m", "emulator"]
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "wabiz_onprem_api_url": facts["api_url"],
        "wabiz_onprem_password": facts["password"],
        "wabiz_onprem_ca_path": facts["ca_path"],
        "wabiz_onprem_ledger": str(HOME / "ledger" / "wa-demo.json"),
        "wabiz_onprem_settings": {
            "callback_persist": True,
            "callback_backoff_delay_ms": 1000,
            "garbagecollector_enable": {"messages": True},
            "webhooks": {
                "url": "https://hooks.example.com/wa?auth=only-the-demo-knows",
                "max_concurrent_requests": 12,
            },
        },
        "coreapp_strategy": "command",
        "coreapp_minimum_uptime": 1,  # the emulator's nodes boot too fast to be seen booting
        "coreapp_nodes": facts["nodes"],
        "coreapp_restart_command": [*of_emulator, "restart", "--state", str(STATE), "{{ coreapp_node }}"],
        "coreapp_started_command": [*of_emulator, "started", "--state", str(STATE), "{{ coreapp_node }}"],
    }
    inventory = HOME / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"wa-demo": variables}}}, indent=1), encoding="utf-8")
    inventory.chmod(0o600)
    return inventory


def playbook(name: str, inventory: Path, *arguments: str) -> dict[str, int]:
    """Runs a playbook of the collection by its name, and returns the counts of its recap."""
    command = ["ansible-playbook", "-i", str(inventory), f"wabiz.onprem.{name}", *arguments]
    print("$ ansible-playbook -i inventory " + " ".join(command[3:]), flush=True)
    environment = dict(
        os.environ, PYTHONPATH=str(ROOT / "tests"), ANSIBLE_NOCOWS="1", ANSIBLE_DISPLAY_SKIPPED_HOSTS="false"
    )
    lines: list[str] = []
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
    if process.wait() != 0:
        raise DemoError(f"the playbook {name} failed; its output above says why")
    recap = next(line for line in reversed(lines) if line.startswith("wa-demo"))
    return {key: int(value) for key, dummy, value in (word.partition("=") for word in recap.split() if "=" in word)}


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise DemoError(f"this did not come out as it should: {what}")
    print(f"    [ok] {what}", flush=True)


def wait_for(question: Any, what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not question() and time.monotonic() < end:
        time.sleep(0.3)
    expect(bool(question()), what)


def collecting() -> list[bool]:
    """Whether garbage collection of messages is in effect, for each Coreapp."""
    client = status()
    coreapps = [node["name"] for node in client["nodes"] if node["kind"] == "coreapp"]
    return [client["in_effect"][name]["garbagecollector_enable.messages"] for name in coreapps]


def show_settings(inventory: Path) -> None:
    say("Check mode: what would the inventory change? Nothing is written.")
    playbook("settings", inventory, "--check", "--diff")
    say("The settings, with diff. Two of them need a restart: one node at a time, the primary master last.")
    expect(playbook("settings", inventory, "--diff")["changed"] > 0, "settings were changed")
    say("The same again: nothing changes, nothing restarts.")
    expect(playbook("settings", inventory)["changed"] == 0, "nothing changed")


def show_campaign(inventory: Path) -> None:
    name = f"campaign_mode_name={CAMPAIGN}"
    say("A campaign begins: garbage collection of messages is switched off, and the Coreapps are restarted.")
    playbook("campaign_begin", inventory, "-e", name)
    expect(not any(collecting()), "garbage collection is off, in effect, on every Coreapp")
    say("The campaign sends messages. Look at the message rows: they pile up.")
    emulator("traffic", "--count", "500")
    time.sleep(4)
    emulator("status")
    expect(status()["rows"]["total"] >= 500, "all rows are still there")
    say("The same begin again: nothing changes. And a settings run that says `on` does not end the campaign.")
    expect(playbook("campaign_begin", inventory, "-e", name)["changed"] == 0, "nothing changed")
    playbook("settings", inventory)
    expect(not any(collecting()), "garbage collection is held off by the campaign")
    say("The campaign ends: garbage collection is on again after a restart, and the rows go.")
    playbook("campaign_end", inventory, "-e", name)
    expect(all(collecting()), "garbage collection is on, in effect, on every Coreapp")
    wait_for(lambda: status()["rows"]["total"] == 0, "the rows are gone")
    emulator("status")


def run() -> None:
    say(f"An emulated client starts: Multiconnect, two masters, three Coreapps, two shards, on port {PORT}.")
    options = ["--option", "collect_age=2", "--option", "collect_interval=1"]
    emulator("up", "--topology", "multiconnect", "--port", PORT, "--speed", "5", *options)
    facts = json.loads((STATE / "emulator.json").read_text(encoding="utf-8"))
    inventory = write_inventory(facts)
    show_settings(inventory)
    show_campaign(inventory)


def take_lock() -> Any:
    HOME.parent.mkdir(parents=True, exist_ok=True)
    lock = (HOME.parent / "demo.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise DemoError("the demo is running already in this folder: wait for it, or interrupt it") from None
    return lock


def clean_up() -> None:
    """Ends the emulator, of this run or of one that was killed, and removes what was made."""
    if (STATE / "emulator.json").exists():
        with contextlib.suppress(DemoError):
            emulator("down", quiet=True)
    shutil.rmtree(HOME, ignore_errors=True)


def interrupted(number: int, dummy: Any) -> None:
    raise DemoError(f"interrupted ({signal.Signals(number).name})")


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        lock = take_lock()
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    started = time.monotonic()
    try:
        clean_up()
        HOME.mkdir(parents=True, exist_ok=True)
        run()
    except DemoError as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    finally:
        clean_up()
        lock.close()
    say(f"That was it, in {time.monotonic() - started:.0f} s. The emulator has ended, and nothing is left behind.")
    print("Next: README.md, and the documentation in docs/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
