// SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The page works without this; it adds sorting (with sortable.js), the search field, the count and the age.
// Levels, facts and colours are chosen with check boxes and radio buttons that the style sheet checks.
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);
  document.documentElement.classList.add("js");

  const made = document.querySelector(".made time");
  const hours = made ? (Date.now() - Date.parse(made.dateTime)) / 3600000 : 0;
  if (hours >= 1) {
    const days = Math.floor(hours / 24);
    const age = days ? `${days} ${days === 1 ? "day" : "days"}` : `${Math.floor(hours)} h`;
    find("age").textContent = `, ${age} ago`;
    find("age").classList.toggle("bad", days > 0);
  }

  const table = document.querySelector("table.clients");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const field = find("find");

  // A heading becomes a button; sortable.js takes the click when it reaches the heading.
  for (const heading of table.tHead.querySelectorAll("th:not(.no-sort)")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    // Its class says which way a first click sorts; it differs from column to column here.
    heading.addEventListener("click", () => table.classList.toggle("asc", heading.dataset.first === "ascending"));
  }

  // Not by its style: that would be worked out anew for every row that has no box.
  const isShown = (row) => row.getClientRects().length > 0;

  const update = () => {
    const shown = rows.filter(isShown);
    find("shown").textContent = `${shown.length} of ${rows.length} shown`;
    find("nothing").hidden = shown.length > 0;
    const folded = shown.some((row) => !row.querySelector(".c-more details").open);
    find("unfold").textContent = folded || !shown.length ? "Open all details" : "Close all details";
    return { shown, folded };
  };

  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [row, text] of texts) row.hidden = !words.every((word) => text.includes(word));
    update();
  };

  // A link from a campaign to its client leads there, whatever has been chosen before.
  const arrive = () => {
    const row = location.hash.startsWith("#client-") && find(location.hash.slice(1));
    if (!row) return;
    if (!isShown(row)) {
      find("filters").reset();
      search();
    }
    row.querySelector(".c-more details").open = true;
    row.scrollIntoView({ block: "start" });
    row.querySelector(".c-more summary").focus({ preventScroll: true });
  };

  find("filters").addEventListener("submit", (event) => event.preventDefault());
  find("filters").addEventListener("change", update);
  field.addEventListener("input", search);
  find("unfold").addEventListener("click", () => {
    const { shown, folded } = update();
    for (const row of shown) row.querySelector(".c-more details").open = folded;
    update();
  });
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tbody > tr");
    if (!row || event.target.closest(".c-more") || !getSelection().isCollapsed) return;
    const details = row.querySelector(".c-more details");
    if (details) details.open = !details.open;
  });
  // A tile is a filter: it shows the clients that it counts, and with a second click all of them.
  const tiles = [...document.querySelectorAll(".tile")];
  for (const tile of tiles) {
    const term = tile.querySelector("dt");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(...term.childNodes);
    term.append(button);
    button.addEventListener("click", () => {
      const chosen = button.getAttribute("aria-pressed") !== "true";
      find("filters").reset();
      if (chosen && tile.dataset.fact) find(`only-${tile.dataset.fact}`).checked = true;
      if (chosen && tile.dataset.level) {
        for (const level of ["critical", "warning", "ok"]) find(`show-${level}`).checked = level === tile.dataset.level;
      }
      search();
      button.setAttribute("aria-pressed", String(chosen));
    });
  }
  const unpress = () => {
    for (const tile of tiles) tile.querySelector("button").setAttribute("aria-pressed", "false");
  };
  find("filters").addEventListener("reset", unpress);
  find("filters").addEventListener("change", unpress);
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const code = button.previousElementSibling;
    getSelection().selectAllChildren(code);
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(() => (button.textContent = "Copied"), () => {});
  });
  addEventListener("hashchange", arrive);
  search();
  arrive();
})();
