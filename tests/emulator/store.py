# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The database that Webapp and Coreapps share: one SQLite file, with the client as a column."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .config import ClientConfig, config_from_text
from .errors import EmulatorError
from .settings import Stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS clients (
    name TEXT PRIMARY KEY, config TEXT NOT NULL, settings TEXT NOT NULL, primary_node TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nodes (
    client TEXT, name TEXT, kind TEXT, key TEXT, running INTEGER, started REAL, beat REAL, at_start TEXT,
    kicked INTEGER DEFAULT 0, pid INTEGER DEFAULT 0, served REAL DEFAULT 0, phases TEXT,
    PRIMARY KEY (client, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shards (client TEXT, shard INTEGER, node TEXT, PRIMARY KEY (client, shard)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (
    client TEXT, name TEXT, password TEXT, role TEXT, must_change INTEGER, PRIMARY KEY (client, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, client TEXT, user TEXT, expires REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_of_user ON tokens (client, user);
CREATE TABLE IF NOT EXISTS providers (
    client TEXT, name TEXT, body TEXT, PRIMARY KEY (client, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, client TEXT, shard INTEGER, status TEXT, changed REAL
);
CREATE INDEX IF NOT EXISTS messages_by_age ON messages (client, changed);
CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY, client TEXT, shard INTEGER, body TEXT, attempts INTEGER DEFAULT 0, due REAL
);
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (client, due);
CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, client TEXT, node TEXT, kind TEXT);
CREATE TABLE IF NOT EXISTS counters (
    client TEXT, name TEXT, value INTEGER, PRIMARY KEY (client, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, client TEXT, time REAL, kind TEXT, details TEXT);
"""
TABLES = ("nodes", "shards", "users", "tokens", "providers", "messages", "callbacks", "jobs", "counters", "events")


def make_private(path: Path) -> None:
    """Make sure that only the owner can read the database, before anything is in it.

    SQLite gives its write-ahead file and shared memory the mode of the database; those of an earlier run may be there.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)


class Store:
    """Statements over the shared database. Several processes may hold one; writers wait for each other."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        make_private(self.path)
        self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None, cached_statements=256)
        self._db.row_factory = sqlite3.Row
        # Another process may be making the same database at this moment; switching to WAL does not wait by itself.
        for attempt in range(100):
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError:
                if attempt == 99:
                    raise
                time.sleep(0.05)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    def run(self, statement: str, *values: Any) -> int:
        """Executes a change; how many rows it touched."""
        return self._db.execute(statement, values).rowcount

    def run_many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        with self.transaction():
            self._db.executemany(statement, rows)

    def one(self, statement: str, *values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(statement, values).fetchone()
        return row

    def all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        return self._db.execute(statement, values).fetchall()

    def number(self, statement: str, *values: Any) -> int:
        row = self.one(statement, *values)
        return int(row[0] or 0) if row else 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several changes as one; joins a transaction that is already open."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # -- clients

    def client_names(self) -> list[str]:
        return [row["name"] for row in self.all("SELECT name FROM clients ORDER BY name")]

    def has_client(self, client: str) -> bool:
        return self.one("SELECT 1 FROM clients WHERE name=?", client) is not None

    def add_client(self, client: str, config: ClientConfig, settings: Stored) -> None:
        self.run(
            "INSERT INTO clients (name, config, settings) VALUES (?,?,?)",
            client,
            config.to_text(),
            json.dumps(settings),
        )

    def remove_client(self, client: str) -> None:
        with self.transaction():
            self.run("DELETE FROM clients WHERE name=?", client)
            for table in TABLES:
                self.run(f"DELETE FROM {table} WHERE client=?", client)  # noqa: S608 (names of our own)

    def config(self, client: str) -> ClientConfig:
        row = self.one("SELECT config FROM clients WHERE name=?", client)
        if row is None:
            raise EmulatorError(f"no such client: {client}")
        return config_from_text(row["config"])

    def set_config(self, client: str, config: ClientConfig) -> None:
        self.run("UPDATE clients SET config=? WHERE name=?", config.to_text(), client)

    def settings(self, client: str) -> Stored:
        row = self.one("SELECT settings FROM clients WHERE name=?", client)
        stored: Stored = json.loads(row["settings"]) if row else {}
        return stored

    def set_settings(self, client: str, settings: Stored) -> None:
        self.run("UPDATE clients SET settings=? WHERE name=?", json.dumps(settings), client)

    # -- counters and events

    def count(self, client: str, name: str, by: int = 1) -> None:
        self.run(
            "INSERT INTO counters VALUES (?,?,?) ON CONFLICT (client, name) DO UPDATE SET value=value+excluded.value",
            client,
            name,
            by,
        )

    def counter(self, client: str, name: str) -> int:
        return self.number("SELECT value FROM counters WHERE client=? AND name=?", client, name)

    def event(self, client: str, kind: str, details: str, now: float) -> None:
        self.run("INSERT INTO events (client, time, kind, details) VALUES (?,?,?,?)", client, now, kind, details)

    def events(self, client: str) -> list[dict[str, Any]]:
        rows = self.all("SELECT time, kind, details FROM events WHERE client=? ORDER BY id", client)
        return [dict(row) for row in rows]
