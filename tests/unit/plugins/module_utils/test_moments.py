# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One parser and one notation for moments in time, the same on every Python."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError

UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-30T18:00:00Z", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
        (" 2026-11-30T18:00:00z ", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
        ("2026-11-30T19:00:00+01:00", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
        ("2026-11-30T19:00:00.25-01:30", datetime.datetime(2026, 11, 30, 20, 30, tzinfo=UTC)),
        ("2026-11-30 18:00+00:00", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_utc(text: str, moment: datetime.datetime) -> None:
    assert moments.required(text, "planned_end") == moment


# What Python 3.11 and newer accept and 3.8 does not is refused everywhere.
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "tomorrow",
        "2026-11-30",
        "2026-11-30T18:00:00",
        "0001-01-01T00:00:00+05:00",
        "2026-13-01T00:00Z",
        "2026-11-30T18:00:00+0100",
        "2026-11-30T18:00:00+01",
        "20300101T000000Z",
        "2026-11-30T18:00:00.Z",
        "2026-11-30T18:00:00+01:99",
        "2026-11-30T18:00:00+25:00",
        "\u0662\u0660\u0662\u0666-11-30T18:00:00Z",
        "2026-W48-1T18:00:00Z",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="planned_end must be a timestamp with a UTC offset"):
        moments.required(text, "planned_end")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime.datetime(26, 1, 2, tzinfo=UTC), "0026-01-02T00:00:00Z"),
    ],
)
def test_a_moment_is_written_to_the_second(moment: datetime.datetime, text: str) -> None:
    assert moments.to_text(moment) == text
