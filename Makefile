# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# The one runner. `make` alone lists the targets. PYTHON=python3.12 chooses another interpreter.
PYTHON ?= python3
export PYTHON
# Images of Python often forbid it to keep what it has compiled. The tests start it thousands of times, and would spend more
# time compiling Ansible than running it.
unexport PYTHONDONTWRITEBYTECODE

# Everything below runs with the tools of the virtual environment and finds the collection in it.
ACTIVATED = PATH="$(CURDIR)/.venv/bin:$$PATH" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.venv/collections"
PARTS = $(ACTIVATED) .venv/bin/python tests/tools/run_parts.py

.DEFAULT_GOAL := help
.PHONY: help setup demo check test ci nightly lint unit playbooks engines browser molecule sanity faults properties bench docs release clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

setup: ## make .venv, with everything that the other targets need
	@tests/tools/venv .venv requirements/dev.txt collections

demo: ## see it work: an emulated client, settings, a campaign (python3 and make are enough)
	@tests/tools/venv .venv-demo requirements/demo.txt
	@PATH="$(CURDIR)/.venv-demo/bin:$$PATH" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.venv-demo/collections" .venv-demo/bin/python tests/tools/demo.py

check: setup ## within a minute: format, lint, types, the unit tests that need neither Ansible's programs nor a server
	@$(PARTS) check

test: setup ## everything that needs no engine
	@$(PARTS) test

ci: setup ## what .ci/run adds: the engines (DOCKER_HOST, KUBECONFIG), molecule, sanity, docs, the tarball
	@$(PARTS) ci

nightly: setup ## the long forms: all faults, many random examples, planted defects, kills, the coverage
	@$(PARTS) nightly

lint: setup ## the static checks
	@$(PARTS) lint

unit: setup ## the unit tests
	@$(PARTS) unit

playbooks: setup ## the playbook tests, against the emulator
	@$(PARTS) playbooks

engines: setup ## the tests on a Docker Engine and a Kubernetes cluster, as far as there are any
	@$(PARTS) engines

browser: setup ## the report in a headless Chromium, if there is one
	@$(PARTS) browser

molecule: setup ## the molecule scenarios, against the emulator
	@$(PARTS) molecule

sanity: setup ## ansible-test sanity on the installed ansible-core, without an ignore file
	@$(PARTS) sanity

faults: setup ## the whole fault matrix and the crash points
	@$(PARTS) faults

properties: setup ## the property tests, with many more examples
	@$(PARTS) properties

bench: setup ## the benchmarks
	@$(ACTIVATED) tests/bench/run

docs: ## build the docs site into docs/build
	@tests/tools/venv .venv-docs requirements/docs.txt
	@PATH="$(CURDIR)/.venv-docs/bin:$$PATH" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.venv-docs/collections" tests/tools/docs

release: setup ## build the tarball of the version in galaxy.yml, and check it
	@$(ACTIVATED) tests/tools/release

clean: ## remove what the other targets have made
	rm -rf .venv .venv-demo .venv-docs .matrix .cache .ansible .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf build docs/build tests/output .coverage .coverage.* wabiz-onprem-*.tar.gz
