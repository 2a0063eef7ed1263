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
# What waits for Coreapps and for Ansible's own start leaves two cores idle with two workers. The playbook tests of `make test`
# keep to two, as the engine tests run beside them.
WAITING = "pytest -n 3"
HOSTILE = f"{PYTEST} tests/faults tests/hostile"

# The playbook tests in which a version of ansible-core makes the most difference: roles, masking, what a status collects.
# The modules by themselves are compared by the parity tests.
EVERYWHERE = " ".join(
    f"tests/playbooks/test_{name}.py"
    for name in ("roles", "check_mode", "application_settings_secrets", "docker_secrecy", "campaign_status")
)

# The cells of the matrix. Where a version lies between two others, the comparison of both entry points is not repeated.
CELLS = "matrix-2.16 matrix-2.18 matrix-2.21"
OUTER_CELLS = "matrix-2.16 matrix-2.21"

PARTS = (
    Part("ruff", "lint test", "ruff check ."),
    Part("format", "lint test", "ruff format --check ."),
    Part("mypy", "lint test", "tests/tools/types"),
    Part("yamllint", "lint test", "yamllint --strict ."),
    Part("shellcheck", "lint test", "tests/tools/lint_shell"),
    Part("ansible-lint", "lint test", "ansible-lint --offline --nocolor"),
    Part("licences", "lint test", "reuse lint --lines"),
    Part("changelog", "lint test", "tests/tools/lint_changelog"),
    Part("documentation", "lint test", "tests/tools/lint_docs"),
    Part("language", "lint test", "tests/tools/lint_language"),
    Part("made pages", "lint test", "python tests/tools/pages.py --check"),
    Part("action group", "lint test", "python tests/tools/action_group.py"),
    Part("environment", "lint test", "tests/tools/introspect"),
    Part("audit", "test", "tests/tools/audit", lane="tools"),
    Part("sanity", "sanity test", "tests/tools/sanity --python default", lane="tools"),
    Part("sanity", CELLS, "tests/tools/sanity", lane="tools"),
    Part("unit", "unit test", f"{PYTEST} tests/unit tests/docs", pytest=True, measured=True),
    Part("integration", f"test {CELLS}", "tests/tools/integration"),
    Part("units", f"test {CELLS}", "tests/tools/units", report="tests/output/junit/python*-units.xml", lane="tools"),
    Part("playbooks", "playbooks test", f"{PYTEST} tests/playbooks", pytest=True),
    Part("playbooks", CELLS, f"{WAITING} --dist worksteal {EVERYWHERE}", pytest=True),
    Part("parity", "playbooks test", f"{PYTEST} tests/parity", pytest=True, measured=True),
    Part("parity", OUTER_CELLS, f"{PYTEST} tests/parity", pytest=True),
    Part("faults", "test", HOSTILE, pytest=True, measured=True, env={"FAULTS": "short"}),
    Part("faults", "faults", HOSTILE, pytest=True),
    Part("mutants", "faults", "tests/mutants/run"),
    Part("properties", "test", f"{PYTEST} tests/properties", pytest=True, measured=True),
    Part("properties", "properties", f"{PYTEST} tests/properties", pytest=True, env={"HYPOTHESIS_PROFILE": "long"}),
    Part("coverage", "test", "tests/tools/coverage_report"),
    Part("browser", "browser test", "tests/browser/run", pytest=True),
    Part(
        "engines",
        "engines test",
        f"{WAITING} --dist loadfile tests/engines -m 'not long'",
        pytest=True,
        lane="engines",
    ),
    Part("kills", "faults", "pytest tests/engines -m long", pytest=True),
    Part("molecule", "engines molecule test", "molecule test --all", lane="engines"),
    Part("docs", "test", "make --no-print-directory docs", lane="tools"),
    Part("tarball", "test", "tests/tools/tarball", lane="tools"),
)
