# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's document, its table and its files. Real runs show the rest."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import status_example

from ansible_collections.wabiz.onprem.plugins.module_utils import _status
from ansible_collections.wabiz.onprem.plugins.plugin_utils import status_document, status_file, status_table
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_table import harmless


def document(**results: Any) -> dict[str, Any]:
    return status_document.make(results)


def only(result: Any) -> dict[str, Any]:
    """The only finding of a client that brought this."""
    (client,) = document(one=result)["clients"]
    (found,) = client["findings"]
    assert (client["level"], client["api_url"]) == ("critical", None)
    return dict(found)


class TestDocument:
    def test_worst_first_then_by_name(self) -> None:
        warned = _status.finding("drift", "x")
        made = document(
            b={"client": _status.unknown("https://b")},
            a={"client": _status.unknown("https://a")},
            c={"client": {**_status.unknown("https://c"), "findings": [warned], "level": "warning"}},
            d={"unreachable": True, "msg": "no route"},
        )
        assert [one["name"] for one in made["clients"]] == ["d", "c", "a", "b"]
        assert made["summary"] == {"clients": 4, "critical": 1, "warning": 1, "ok": 2, "worst": "critical"}
        assert made["schema"] == 1 and made["made"].endswith("Z")

    def test_no_client(self) -> None:
        assert document()["summary"] == {"clients": 0, "critical": 0, "warning": 0, "ok": 0, "worst": "ok"}

    @pytest.mark.parametrize(
        "result", [{}, None, "text", {"client": None}, {"client": {"level": "odd"}}, {"skipped": 1}]
    )
    def test_no_status(self, result: Any) -> None:
        found = only(result)
        assert (found["kind"], found["text"]) == (
            "task_failed",
            "The status could not be read: the task brought no result.",
        )

    def test_unreachable(self) -> None:
        found = only({"unreachable": True, "msg": "Task failed: no\nroute"})
        assert (found["kind"], found["text"]) == ("unreachable", "Ansible cannot reach the host: no route")

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("Task failed: Action failed: unknown option x", "unknown option x"),
            ("template error: no filter. String: {{ 's3cret' | nofilter }}", "template error: no filter."),
            ("'x' is undefined\n\nThe error appears to be in '/f': line 1\n  password: s3cret", "'x' is undefined"),
            ("Syntax error.\nOrigin: /f:1\n\n1 s3cret", "Syntax error."),
            ("cannot use https://u:s3cret@h.example/x?a=s3cret now", "cannot use https://h.example/*** now"),
            ("cannot use s3cr://s3cret\\@", "cannot use ***"),
        ],
    )
    def test_what_ansible_repeats_of_the_sources_is_left_out(self, said: str, shown: str) -> None:
        assert only({"failed": True, "msg": said})["text"] == f"The status could not be read: {shown}"

    def test_the_example_has_the_shape_of_a_real_one(self) -> None:
        for client in status_example.CLIENTS:
            real = {"name": "", **_status.unknown(None)}
            assert {
                key: set(value) for key, value in client.items() if isinstance(value, dict) and key != "health"
            } == {key: set(value) for key, value in real.items() if isinstance(value, dict)}
            assert set(client) == set(real)
            assert all(_status.KINDS[one["kind"]] == one["level"] for one in client["findings"])
            assert client["level"] == _status.level_of(client["findings"])
        assert {one["kind"] for client in status_example.CLIENTS for one in client["findings"]} == set(_status.KINDS)


class TestTable:
    def lines(self) -> list[str]:
        return [line.text for line in status_table.lines(status_example.EXAMPLE)]

    def test_a_line_for_each_client_and_each_finding(self) -> None:
        lines = self.lines()
        size = len(status_example.CLIENTS)
        assert [line.split()[0] for line in lines[1 : size + 1]] == [one["name"] for one in status_example.CLIENTS]
        assert lines[size + 1] == ""
        assert len([line for line in lines[size + 2 :] if ": critical: " in line or ": warning: " in line]) == 16
        assert lines[-1] == "18 clients: 10 critical, 5 warning, 3 ok."

    def test_what_is_ok_is_only_counted(self) -> None:
        lines = [line.text for line in status_table.lines(status_example.EXAMPLE, show_all=False)]
        needing = [one["name"] for one in status_example.CLIENTS if one["level"] != "ok"]
        assert [line.split()[0] for line in lines[1 : len(needing) + 1]] == needing and lines[len(needing) + 1] == ""
        assert lines[-1] == "18 clients: 10 critical, 5 warning, 3 ok."
        well = status_document.make({"a": {"client": _status.unknown("https://a")}})
        assert [line.text for line in status_table.lines(well, show_all=False)] == [
            "1 clients: 0 critical, 0 warning, 1 ok."
        ]

    def test_columns_are_aligned(self) -> None:
        lines = self.lines()
        place = lines[0].index("LEVEL")
        size = len(status_example.CLIENTS)
        assert {line[place:].split()[0] for line in lines[1 : size + 1]} == {"critical", "warning", "ok"}

    def test_cells(self) -> None:
        lines = {line.split("  ")[0]: line for line in self.lines()[1:17]}
        assert "bad 2/3" in lines["unhealthy"]
        assert "spring-sale (2026-11-22 to 2026-11-30)" in lines["collection-on"]
        assert "  on/on, held  " in lines["collection-on"]
        assert "brand-week (2026-10-01, no end); one-more (2026-11-21 to 2026-11-25)" in lines["long-campaign"]
        assert " on/? " in lines["restart-pending"] and "2026-11-21T02:00:00Z" in lines["restart-pending"]
        assert lines["unreachable"].split()[1:] == ["critical", "-", "-", "-", "-", "-", "-"]

    def test_wide_characters_keep_the_columns(self) -> None:
        clients = [status_example.client("客户端"), status_example.client("e\u0301")]
        one, other = [line.text for line in status_table.lines({**status_example.EXAMPLE, "clients": clients})][1:3]
        assert one.index("ok") + 3 == other.index("ok") - 1

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("plain ok", "plain ok"),
            ("a\nb\r\nc\td\x00e", "a b c d e"),
            ("\x1b[31;1mred\x1b[0m", "red"),
            ("\x1b]0;a title\x07x", "x"),
            ("\x1b]8;;https://h/\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x9b31mred\x9d0;title\x9cx", "redx"),
            ("a\x1b", "a"),
            ("\x1bPq#0\x1b\\x", "x"),
            ("\x1bcx\x1b(Bx", "xx"),
            ("\x1b\x1b[31mx", "x"),
            ("\u202egnp.exe", "gnp.exe"),
            ("\ud800x", "x"),
        ],
    )
    def test_harmless(self, text: str, shown: str) -> None:
        assert harmless(text) == shown

    def test_long_texts_end(self) -> None:
        assert harmless("x" * 99, 10) == "x" * 9 + "…"


class TestFiles:
    def test_written_whole_and_for_the_owner_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "status.json"
        path.write_text("old")
        path.chmod(0o666)
        status_file.write(str(path), status_file.json_text(status_example.EXAMPLE))
        assert json.loads(path.read_text()) == status_example.EXAMPLE
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.listdir(tmp_path) == ["status.json"]

    def test_or_with_the_mode_that_is_given(self, tmp_path: Path) -> None:
        path = tmp_path / "status.html"
        status_file.write(str(path), "x", status_file.file_mode("0644"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o644

    @pytest.mark.parametrize("text", ["416", "0666", "0755", "0700", "", "u=rw", "00640"])
    def test_no_other_mode(self, text: str) -> None:
        with pytest.raises(ValueError, match="0600, 0640, 0604 or 0644"):
            status_file.file_mode(text)

    def test_a_text_that_is_no_utf_8(self, tmp_path: Path) -> None:
        status_file.write(str(tmp_path / "x"), "a\ud800b")
        assert (tmp_path / "x").read_text() == "a?b"

    def test_no_plain_file_is_replaced(self, tmp_path: Path) -> None:
        target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
        target.write_text("kept")
        link.symlink_to(target)
        os.mkfifo(pipe)
        for path in (link, pipe, tmp_path, tmp_path / "none" / "x"):
            with pytest.raises(OSError):
                status_file.write(str(path), "new")
        assert target.read_text() == "kept"

    def test_a_failure_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "status.json"
        path.write_text("old")
        monkeypatch.setattr(os, "replace", lambda *names: (_dummy for _dummy in ()).throw(OSError(28, "no space")))
        with pytest.raises(OSError, match="no space"):
            status_file.write(str(path), "new")
        assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["status.json"])

    @pytest.mark.timeout(10)
    @pytest.mark.parametrize("kind", ["pipe", "folder", "/dev/zero", "a\0b", "a\ud800b"])
    def test_what_is_no_plain_file_is_neither_read_nor_replaced(self, tmp_path: Path, kind: str) -> None:
        path = str(tmp_path / kind)
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            os.mkdir(path)
        assert not status_file.says_the_same(path, status_example.EXAMPLE)
        assert not status_file.has_mark(path, status_example.EXAMPLE)
        with pytest.raises(OSError):
            status_file.write(path, "new")

    @pytest.mark.parametrize("text", ["", "{", "[1]", "null", '{"schema": 1}'])
    def test_what_is_there_says_something_else(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "x").write_text(text)
        assert not status_file.says_the_same(str(tmp_path / "x"), status_example.EXAMPLE)
        assert not status_file.has_mark(str(tmp_path / "x"), status_example.EXAMPLE)

    def test_only_the_time_differs(self, tmp_path: Path) -> None:
        later = {**status_example.EXAMPLE, "made": "2027-01-01T00:00:00Z"}
        (tmp_path / "json").write_text(status_file.json_text(later))
        (tmp_path / "html").write_text(f"<html></html>\n{status_file.mark(later)}")
        assert status_file.says_the_same(str(tmp_path / "json"), status_example.EXAMPLE)
        assert status_file.has_mark(str(tmp_path / "html"), status_example.EXAMPLE)
        assert not status_file.has_mark(str(tmp_path / "html"), status_example.fleet(20))
