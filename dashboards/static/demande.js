/* The sites of a year, asked for when a page needs them, and how their values are written. */
"use strict";

(() => {
  const FOLDER = document.currentScript.dataset.donnees;
  const asked = new Map(); // name -> what waits for it

  /* Called by the scripts of `donnees/`: the table of that name has come. */
  function recevoir(name, { colonnes, libelles, lignes }) {
    const sites = lignes.map((values) => Object.fromEntries(colonnes.map((column, place) => [column, values[place]])));
    asked.get(name)?.done({ colonnes, libelles, sites });
  }

  /* A file that does not come, or comes cut, may be asked for again. */
  function demander(name) {
    if (!asked.has(name)) {
      const waiting = {};
      waiting.table = new Promise((done, failed) => {
        waiting.done = done;
        const script = gcn.element("script", { src: `${FOLDER}${name}.js` });
        const refuse = () => failed(new Error(name));
        script.onerror = refuse;
        script.onload = refuse; // does nothing once the table has come
        document.head.append(script);
      });
      waiting.table.catch(() => asked.delete(name));
      asked.set(name, waiting);
    }
    return asked.get(name).table;
  }

  /* A value of a site as a reader sees it: a dash when it is missing, its words when it is a code. */
  function written(table, column, value, shape) {
    if (value === null) return gcn.ABSENT;
    if (shape in gcn.formes) return gcn.formes[shape](value);
    return table.libelles[column]?.[value] ?? String(value);
  }

  /* A published value as an element that names its column, for its number to be checked. */
  function valeur(table, site, column, shape) {
    const value = site[column];
    const cell = gcn.element("data", { value: value ?? "", "data-colonne": column }, written(table, column, value, shape));
    if (value === null) cell.className = "absent";
    return cell;
  }

  /* The name of a site, linked to its page. */
  function nom(site) {
    const column = site.nom_site === null ? "id_centre" : "nom_site";
    const link = gcn.element("a", { href: `centres/${encodeURIComponent(site.id_centre)}.html` }, site[column]);
    return gcn.element("data", { value: site[column], "data-colonne": column }, link);
  }

  Object.assign(gcn, { recevoir, demander, valeur, nom });
})();
