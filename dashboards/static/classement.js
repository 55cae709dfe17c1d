/* Sorts and filters the tables of the ranking, and points out in the charts the sites that are left. */
"use strict";

const SORTS = ["ascending", "descending"];

function sortValue(row, index) {
  const cell = row.cells[index];
  const raw = cell.querySelector("data").dataset.valeur;
  if (raw === "") return null;
  return cell.classList.contains("nombre") ? Number(raw) : cell.textContent.trim();
}

function compare(one, other) {
  if (one === null || other === null) return (one === null) - (other === null);
  return typeof one === "number" ? one - other : one.localeCompare(other, "fr", { numeric: true });
}

function sortBy(table, index, order) {
  const body = table.tBodies[0];
  const sign = order === "ascending" ? 1 : -1;
  const rows = [...body.rows].map((row) => ({ row, value: sortValue(row, index) }));
  rows.sort((a, b) => (a.value === null || b.value === null ? compare(a.value, b.value) : sign * compare(a.value, b.value)));
  body.append(...rows.map((item) => item.row));
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tri";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      const order = SORTS[head.getAttribute("aria-sort") === "ascending" ? 1 : 0];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      sortBy(table, index, order);
    });
    head.replaceChildren(button);
  });
}

function chosen() {
  const choices = {};
  for (const select of document.querySelectorAll("[data-filtre]")) choices[select.dataset.filtre] = select.value;
  return choices;
}

function filterTables(choices) {
  let shown = 0;
  for (const row of document.querySelectorAll("table[data-triable] tbody tr")) {
    row.hidden = Object.entries(choices).some(([name, value]) => value !== "" && row.dataset[name] !== value);
    if (!row.hidden) shown += 1;
  }
  return shown;
}

function filterCharts({ hebergement, region }) {
  const everything = hebergement === "" && region === "";
  for (const chart of document.querySelectorAll(".js-plotly-plot")) {
    const selections = chart.data.map(({ customdata }) =>
      everything || !customdata
        ? null
        : customdata.flatMap(([kind, place], index) =>
            (hebergement === "" || kind === hebergement) && (region === "" || place === region) ? [index] : []));
    Plotly.restyle(chart, { selectedpoints: selections });
  }
}

function applyFilters() {
  const choices = chosen();
  const shown = filterTables(choices);
  document.getElementById("filtres-resultat").textContent = `${shown} ${shown > 1 ? "sites affichés" : "site affiché"}`;
  filterCharts(choices);
}

document.querySelectorAll("table[data-triable]").forEach(makeSortable);
const filters = document.getElementById("filtres");
if (filters) {
  filters.hidden = false;
  filters.addEventListener("change", applyFilters);
  document.addEventListener("dessine", applyFilters);
  filters.addEventListener("submit", (event) => event.preventDefault());
}
