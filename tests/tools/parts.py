# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the parts that `make test` and its smaller sisters are made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """One part: a command, and in which make targets it runs."""

    name: str
    targets: str
    command: str
    # Counted test by test from the report that pytest writes; any other part counts as one.
    pytest: bool = False
    # A report that the command writes of its own accord.
    report: str = ""
    # Whether the lines of plugins/ that it runs count towards the coverage.
    measured: bool = False
    # Parts of one lane run one after another, and lanes side by side: what waits, or works on one core, has its own.
    lane: str = ""
    env: dict[str, str] = field(default_factory=dict)


PYTEST = "pytest -n 2 --dist worksteal"
# What waits for Coreapps leaves two cores idle with two workers.
WAITING = "pytest -n 3"
HOSTILE = f"{PYTEST} tests/faults tests/hostile"

# The playbook tests in which a version of ansible-core makes the most difference: roles, masking, what a status collects.
# The modules by themselves are compared by the parity tests.
EVERYWHERE = " ".join(
    f"tests/playbooks/test_{name}.py"
    for name in ("roles", "check_mode", "application_settings_secrets", "docker_secrecy", "template_text")
)

# The cells of the matrix, and what the night adds to each.
CELLS = "matrix-2.16 matrix-2.18 matrix-2.21"
CELLS_AT_NIGHT = "nightly-2.16 nightly-2.18 nightly-2.21"

# check: within a minute, no Ansible, no server. test: all that needs no engine. ci: what `.ci/run` adds to `make test`.
# nightly: the long forms, and the coverage, which doubles the time of what it measures.
PARTS = (
    Part("ruff", "check lint test", "ruff check ."),
    Part("format", "check lint test", "ruff format --check ."),
    Part("mypy", "check lint test", "tests/tools/types"),
    Part("yamllint", "check lint test", "yamllint --strict ."),
    Part("shellcheck", "check lint test", "tests/tools/lint_shell"),
    Part("made pages", "check lint test", "python tests/tools/pages.py --check"),
    Part("licences", "lint test", "reuse lint --lines"),
    Part("changelog", "lint test", "tests/tools/lint_changelog"),
    Part("documentation", "lint test", "tests/tools/lint_docs"),
    Part("language", "lint test", "tests/tools/lint_language"),
    Part("action group", "lint test", "python tests/tools/action_group.py"),
    Part("environment", "lint test", "tests/tools/introspect"),
    Part("ansible-lint", "lint ci", "ansible-lint --offline --nocolor", lane="tools"),
    Part("audit", "ci", "tests/tools/audit", lane="tools"),
    Part("sanity", "sanity ci", "tests/tools/sanity --python default", lane="tools"),
    Part("sanity", CELLS_AT_NIGHT, "tests/tools/sanity", lane="tools"),
    Part("plugins", "check", f"{PYTEST} tests/unit/plugins -m 'not slow'", pytest=True),
    Part("unit", "unit test", f"{PYTEST} tests/unit tests/docs", pytest=True),
    Part("unit", "nightly", f"{PYTEST} tests/unit tests/docs", pytest=True, measured=True),
    Part("integration", f"test {CELLS}", "tests/tools/integration"),
    Part(
        "units",
        f"nightly {CELLS_AT_NIGHT}",
        "tests/tools/units",
        report="tests/output/junit/python*-units.xml",
        lane="tools",
    ),
    Part("playbooks", "playbooks test", f"{PYTEST} tests/playbooks", pytest=True),
    Part("playbooks", CELLS, f"{PYTEST} {EVERYWHERE}", pytest=True),
    Part("usage", "faults nightly", f"{PYTEST} tests/playbooks/test_usage.py", pytest=True, env={"MATRIX": "whole"}),
    Part("parity", "playbooks test", f"{PYTEST} tests/parity", pytest=True),
    Part("parity", "nightly", f"{PYTEST} tests/parity", pytest=True, measured=True),
    Part("parity", CELLS_AT_NIGHT, f"{PYTEST} tests/parity", pytest=True),
    Part("faults", "test", HOSTILE, pytest=True, env={"FAULTS": "short"}),
    Part("faults", "faults nightly", HOSTILE, pytest=True, measured=True),
    Part("mutants", "faults nightly", f"{PYTEST} tests/mutants", pytest=True),
    Part("properties", "test", f"{PYTEST} tests/properties", pytest=True),
    Part(
        "properties",
        "properties nightly",
        f"{PYTEST} tests/properties",
        pytest=True,
        measured=True,
        env={"HYPOTHESIS_PROFILE": "long"},
    ),
    Part("coverage", "nightly", "tests/tools/coverage_report"),
    Part("browser", "browser test", "tests/browser/run", pytest=True),
    Part(
        "engines", "engines ci", f"{WAITING} --dist loadfile tests/engines -m 'not long'", pytest=True, lane="engines"
    ),
    Part("kills", "nightly", "pytest tests/engines -m long", pytest=True),
    Part("molecule", "molecule ci", "molecule test --all", lane="tools"),
    Part("docs", "ci", "make --no-print-directory docs", lane="tools"),
    Part("tarball", "ci", "tests/tools/tarball", lane="tools"),
)
