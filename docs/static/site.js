// SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the theme's pages lack for phones, keyboards and screen readers. Without it all can be read too.
"use strict";

// Tables whose cells are sentences: on a phone site.css puts the cells of a row below each other, and names them.
const FEWEST_ROWS_TO_SCROLL = 60;

function prepareTable(table) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  if (heads.length === 0 || table.classList.contains("ansible-option-table")) return;
  for (const head of table.querySelectorAll("thead th")) {
    if (head.textContent.trim() === "") head.replaceWith(document.createElement("td"));
  }
  const rows = table.querySelectorAll("tbody tr");
  if (heads.length > 5 || rows.length > FEWEST_ROWS_TO_SCROLL) return;
  table.classList.add("stacked");
  for (const row of rows) {
    [...row.cells].forEach((cell, index) => {
      if (heads.length > 2 && heads[index]) cell.dataset.label = heads[index];
    });
  }
}

// Whoever has no mouse scrolls with the keys, for which a part has to be able to get the focus.
function makeReachable(part) {
  if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  else part.removeAttribute("tabindex");
}

function makeAllReachable() {
  document.querySelectorAll(".wy-table-responsive, .rst-content pre, .rst-content p:has(> img)").forEach(makeReachable);
}

function repairRoles() {
  document.querySelectorAll('.caption[role="heading"]').forEach((one) => one.setAttribute("aria-level", "2"));
  document.querySelectorAll("[aria-role]").forEach((one) => {
    one.setAttribute("role", one.getAttribute("aria-role"));
    one.removeAttribute("aria-role");
  });
  document.querySelector(".wy-nav-side")?.setAttribute("aria-label", "All pages");
  const bar = document.querySelector(".DocSite-nav");
  if (bar) {
    const header = document.createElement("header");
    bar.before(header);
    header.append(bar);
  }
  if (!document.querySelector("h1")) {
    const title = document.createElement("h1"); // the page of the search
    title.textContent = document.title.split(" — ")[0];
    document.querySelector('[role="main"]')?.prepend(title);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".rst-content table").forEach(prepareTable);
  repairRoles();
  // What fits depends on the width of the window, on fonts, and on pictures; the theme wraps tables in the meantime.
  const observer = new ResizeObserver(makeAllReachable);
  document.querySelectorAll(".rst-content, .rst-content table, .rst-content img").forEach((one) => observer.observe(one));
});
