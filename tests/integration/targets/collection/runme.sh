#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Starts the emulator that comes with the collection, runs the playbook through both entry points, and stops it again.
set -eux

WABIZ_EMULATOR_STATE=$(mktemp -d)
export WABIZ_EMULATOR_STATE
# ansible-test runs a copy of this folder alone; the collection that it tests lies where ansible-test lets Ansible search for it.
collections=${ANSIBLE_COLLECTIONS_PATH:-$ANSIBLE_COLLECTIONS_PATHS}
emulator() { PYTHONPATH="${collections%%:*}/ansible_collections/wabiz/onprem/tests" "${ANSIBLE_TEST_PYTHON_INTERPRETER:-python}" -m emulator "$@"; }
stop() { emulator down; rm -rf "$WABIZ_EMULATOR_STATE"; }

emulator up --port 0 --speed 20
trap stop EXIT
for in_process in true false; do
  ansible-playbook playbook.yml -i inventory.yml -e "wabiz_onprem_in_process=$in_process" "$@"
done
