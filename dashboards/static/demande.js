/* Data that a page asks for when it needs it, and how its values are written and saved. */
"use strict";

(() => {
  const FOLDER = document.currentScript.dataset.donnees;
  const asked = new Map(); // name -> what waits for it
  const ABSENT = "—";

  /* Called by the scripts of `donnees/`: the table of that name has come. */
  function recevoir(name, { colonnes, libelles, lignes }) {
    const sites = lignes.map((values) => Object.fromEntries(colonnes.map((column, place) => [column, values[place]])));
    asked.get(name)?.done({ colonnes, libelles, sites });
  }

  function demander(name) {
    if (!asked.has(name)) {
      const waiting = {};
      waiting.table = new Promise((done, failed) => {
        waiting.done = done;
        const element = document.createElement("script");
        element.src = `${FOLDER}${name}.js`;
        element.onerror = () => failed(new Error(name));
        document.head.append(element);
      });
      asked.set(name, waiting);
    }
    return asked.get(name).table;
  }

  /* A number as the French write it. */
  function nombre(value, decimals = 0) {
    const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
    return `${value < 0 ? "−" : ""}${grouped}${part ? `,${part}` : ""}`;
  }

  const formes = {
    ratio: (value) => nombre(value, 2),
    entier: (value) => nombre(value),
    mwh: (value) => nombre(value / 1000, 1),
    pourcent: (value) => `${nombre(100 * value, 1)}\u00a0%`,
    tonnes: (value) => `${nombre(value, Math.abs(value) >= 100 ? 0 : 1)}\u00a0tCO₂e`,
    kw: (value) => `${nombre(value, 1).replace(/,0$/, "")}\u00a0kW`,
  };

  /* A value of a site as a reader sees it: a dash when it is missing, its words when it is a code. */
  function ecrit(table, column, value, shape) {
    if (value === null) return ABSENT;
    if (shape in formes) return formes[shape](value);
    return table.libelles[column]?.[value] ?? String(value);
  }

  /* A published value as an element that names its column, for its number to be checked. */
  function valeur(table, site, column, shape) {
    const cell = document.createElement("data");
    const value = site[column];
    cell.value = value === null ? "" : String(value);
    if (value === null) cell.className = "absent";
    cell.dataset.colonne = column;
    cell.textContent = ecrit(table, column, value, shape);
    return cell;
  }

  /* The name of a site, linked to its page. */
  function nom(site) {
    const cell = document.createElement("data");
    const link = document.createElement("a");
    cell.dataset.colonne = site.nom_site === null ? "id_centre" : "nom_site";
    cell.value = site[cell.dataset.colonne];
    link.href = `centres/${encodeURIComponent(site.id_centre)}.html`;
    link.textContent = cell.value;
    cell.append(link);
    return cell;
  }

  function csv(rows) {
    const quoted = (value) => {
      const text = value === null ? "" : String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
  }

  function enregistrer(name, rows) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv(rows)], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /* A text as a search compares it: without case nor accents. */
  const simple = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const provided = { recevoir, demander, nombre, ecrit, valeur, nom, enregistrer, simple };
  window.gcn = Object.assign(window.gcn ?? {}, provided);
})();
