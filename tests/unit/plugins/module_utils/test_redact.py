# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be shown of URLs and secrets."""

from __future__ import annotations

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import redaction


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h.example/wa", "https://h.example/wa"),
        ("https://h.example:8443/wa?auth=s3", "https://h.example:8443/wa?auth=***"),
        ("https://h.example?a=1&b=2", "https://h.example?a=***&b=***"),
        ("https://h.example?auth='s3'", "https://h.example?auth=***"),
        ("https://h.example?auth='[s3]'", "https://h.example?auth=***"),
        ("https://h.example?a=1;b=2", "https://h.example?a=***"),
        ("https://h.example?a=b=c", "https://h.example?a=***"),
        ("https://h.example?s3", "https://h.example?***"),
        ("https://h.example?s3&a=1", "https://h.example?***&a=***"),
        ("https://h.example?czM=", "https://h.example?***"),  # base64 ends with the sign that separates a value
        ("https://h.example?czM==", "https://h.example?***"),
        ("https://h.example?=s3", "https://h.example?=***"),
        ("https://user:s3@h.example/wa", "https://***@h.example/wa"),
        ("https://s3@h.example/wa", "https://***@h.example/wa"),
        ("https://user:s3@x@h.example/wa", "https://***@h.example/wa"),
        ("https://h.example/wa#s3", "https://h.example/wa#***"),
        ("https://h.example/wa;jsessionid=s3/x", "https://h.example/wa;***/x"),
        ("https://[2001:db8::1]:8443/wa?s3", "https://[2001:db8::1]:8443/wa?***"),
        ("https://user:s/3@h.example/", "***"),  # a slash in a password: nothing can be told apart
        ("https://h.example/s3 s3", "***"),
        ("https://h.example\\@s3", "***"),
        ("not a url", "***"),
        ("https:s3@h.example", "***"),
        ("https://", "***"),
        ("https://h.example:s3/", "***"),
        ("https://[s3/", "***"),
        ("https://[2001:db8::1];s3", "***"),
        ("https://[2001:db8::1]s3:1/", "***"),
        ("https://H.example:/wa", "https://H.example:/wa"),
        ("", ""),
        (None, None),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str | None, shown: str | None) -> None:
    assert redaction.redact_url(url) == shown


def test_what_is_shown_is_shown_as_it_is() -> None:
    shown = redaction.redact_url("https://u:p@h.example/a;b?c=d&e#f")
    assert redaction.redact_url(shown) == shown
    assert redaction.is_redacted(shown or "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://h.example?auth=one", "https://h.example?auth=two"),
        ("https://u:one@h.example", "https://u:two@h.example"),
        ("https://h.example?one", "https://h.example?two"),
        ("https://h.example?a=one", "https://h.example?a=***"),
        ("one one", "two two"),
        ("***", "one one"),
    ],
)
def test_a_change_of_only_the_secret_stays_visible(before: str, after: str) -> None:
    shown = redaction.redact_url_pair(before, after)
    assert shown[0] != shown[1]
    assert "one" not in str(shown) and "two" not in str(shown)


def test_equal_urls_are_shown_equal() -> None:
    assert redaction.redact_url_pair("https://h.example?a=1", "https://h.example?a=1") == (
        "https://h.example?a=***",
        "https://h.example?a=***",
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "x", (None, "***")),
        ("x", None, ("***", None)),
        ("x", "x", ("***", "***")),
        ("x", "y", ("***", "*** (changed)")),
        (None, None, (None, None)),
    ],
)
def test_a_hidden_pair(before: str | None, after: str | None, shown: tuple[str | None, str | None]) -> None:
    assert redaction.hide_pair(before, after) == shown


def test_hidden_values_keep_their_names() -> None:
    assert redaction.hide_values({"a": 1, 2: "b"}) == {"a": "***", "2": "***"}  # type: ignore[dict-item]
    assert redaction.hide_values(None) is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://wa.example:9090/", "https://wa.example:9090"),
        ("https://wa.example/client1", "https://wa.example/client1"),
        ("https://u:s3@wa.example/c?s3#s3", "https://wa.example/c"),
        ("https://wa.example/c;s3", "https://wa.example/c;***"),
        ("nonsense", "(unreadable URL)"),
    ],
)
def test_the_name_of_a_client_has_no_secret(url: str, name: str) -> None:
    assert redaction.client_name(url) == name
