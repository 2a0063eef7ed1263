# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every link within README and docs leads somewhere, and every page can be found from the first one.

`make docs` checks what links to the pages of modules and roles, which are made.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from docs.code_blocks import FENCE, PAGES, ROOT

DOCS = ROOT / "docs"
SITE = "https://wabiz-onprem.github.io/wabiz.onprem/"
SOURCE = "https://github.com/wabiz-onprem/wabiz.onprem/"
LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")


def links(page: Path) -> list[str]:
    """The targets of a page's links; code has none."""
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [first or second for first, second in LINK.findall(prose)]


def anchors(page: Path) -> set[str]:
    """What the headings of a page are linked by."""
    titles = re.findall(r"^#{1,3} (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def leads_somewhere(page: Path, link: str) -> bool:
    path, anchor = urldefrag(link)
    if link.startswith(SITE):
        target = DOCS / re.sub(r"\.html$", ".md", path.removeprefix(SITE) or "index.md")
    elif link.startswith(SOURCE):
        rest = path.removeprefix(SOURCE).split("/")
        if rest[0] not in ("blob", "tree"):
            return rest[0] in ("", "issues", "security", "releases")
        target = ROOT.joinpath(*rest[2:])
    elif re.match(r"\w+:", link):
        return link.startswith(("https://", "mailto:"))
    else:
        target = page.parent / path if path else page
    if target.parent == DOCS / "collection":
        module = ROOT / "plugins" / "modules" / f"{target.stem.removesuffix('_module')}.py"
        role = ROOT / "roles" / target.stem.removesuffix("_role")
        return target.stem == "index" or module.is_file() or role.is_dir()
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def test_there_are_links() -> None:
    assert sum(len(links(page)) for page in PAGES) > 50


def test_links_that_lead_nowhere_are_noticed() -> None:
    for link in (
        "nowhere.md",
        "index.md#nowhere",
        f"{SITE}nowhere.html",
        f"{SOURCE}blob/main/nowhere",
        "http://plain.example",
    ):
        assert not leads_somewhere(DOCS / "index.md", link)


def test_galaxy_shows_the_readme_alone() -> None:
    assert [link for link in links(ROOT / "README.md") if not link.startswith("https://")] == []


def test_every_page_is_in_the_table_of_contents() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    listed = {
        re.sub(r".*<(.+)>$", r"\1", line)
        for tree in re.findall(r"```{toctree}\n(.*?)```", index, re.DOTALL)
        for line in tree.split("\n")
    }
    pages = {page.stem for page in DOCS.glob("*.md")} - {"index"}
    assert pages - listed == set()
