/* Searches, filters and sorts the sites of a year, asked for when they are needed; one page of rows is shown at a time. */
"use strict";

(() => {
  const PAUSE = 200; // ms without a key before a search is made, and told
  const form = document.getElementById("filtres");
  if (!form) return;
  const french = new Intl.Collator("fr", { numeric: true });
  const controls = [...form.querySelectorAll("[data-adresse]")];
  const control = (name) => controls.find((one) => one.dataset.adresse === name);
  const filters = controls.filter((one) => one.dataset.filtre);
  const lists = [...document.querySelectorAll("[data-liste]")].map(listing);
  let waiting = 0;

  /* ---- the order ---- */

  function sizeOf(group) {
    return /^T\d/.test(group) ? 9 - Number(group[1]) : 10;
  }

  const inCodeOrder = (one, other) => (one < other ? -1 : Number(one > other));

  /* As `ranking.ordered`: ranked sites first, the largest before the others, by group and rank. */
  function byRank(one, other) {
    const [first, second] = [one.groupe_pairs ?? "", other.groupe_pairs ?? ""];
    return (one.rang_pairs === null) - (other.rang_pairs === null)
      || sizeOf(first) - sizeOf(second)
      || inCodeOrder(first, second)
      || (one.rang_pairs ?? 0) - (other.rang_pairs ?? 0)
      || inCodeOrder(one.id_centre, other.id_centre);
  }

  /* By a column, missing values last whatever the direction; codes in the order that their words are given in. */
  function byColumn({ libelles }, column, sign) {
    const value = (site) => (column === "nom_site" ? site.nom_site ?? site.id_centre : site[column]);
    const places = libelles[column] && new Map(Object.keys(libelles[column]).map((code, place) => [code, place]));
    return (one, other) => {
      const [first, second] = [value(one), value(other)];
      if (first === null || second === null) return (first === null) - (second === null);
      if (places) return sign * (places.get(first) - places.get(second));
      return sign * (typeof first === "number" ? first - second : french.compare(first, second));
    };
  }

  /* All the sites of a table, sorted once for all the searches and both lists. */
  function ordered(table, sort) {
    if (table.tri !== sort) {
      const column = sort.replace("-", "");
      const known = table.colonnes.includes(column);
      table.ordre = [...table.sites].sort(known ? byColumn(table, column, sort.startsWith("-") ? -1 : 1) : byRank);
      table.tri = sort;
    }
    return table.ordre;
  }

  function kept(sites) {
    const words = gcn.mots(control("q").value);
    const wanted = filters.filter((select) => select.value).map((select) => [select.dataset.filtre, select.value]);
    return sites.filter((site) =>
      wanted.every(([column, value]) => String(site[column]) === value) && gcn.repond(site, words));
  }

  /* ---- one list: real sites, or synthetic ones ---- */

  function listing(place) {
    const body = place.querySelector("tbody");
    const heads = [...place.querySelectorAll("thead th")];
    const save = place.querySelector("[data-enregistrer]");
    const pager = place.querySelector("[data-pages]");
    const turns = [...pager.querySelectorAll("[data-vers]")];
    const perPage = Number(place.dataset.parPage);
    const synthetic = place.dataset.synthetique === "true";
    let start = 0; // place of the first row shown
    let asked = 0; // what comes for an earlier choice is not shown

    const say = (text) => { place.querySelector("[data-compte]").textContent = text; };

    /* The year chosen, or the last of this nature, with its sites and those that answer to the choices. */
    async function found() {
      const year = control("annee").value || place.dataset.derniere;
      const table = await gcn.demander(`sites-${year}`);
      const all = ordered(table, control("tri").value).filter((site) => site.synthetique === synthetic);
      return { year, table, all, rows: kept(all) };
    }

    function row({ year, table }, site) {
      const cells = heads.map((head, place_) => {
        const { colonne, forme } = head.dataset;
        const cell = gcn.element(place_ === 0 ? "th" : "td", place_ === 0 ? { scope: "row" } : {});
        cell.className = head.className;
        cell.append(forme === "nom" ? gcn.nom(site) : gcn.valeur(table, site, colonne, forme));
        return cell;
      });
      return gcn.element("tr", { "data-cle": `id_centre=${site.id_centre};annee=${year}` }, ...cells);
    }

    function pages(count) {
      const [first, last] = [start + 1, Math.min(count, start + perPage)].map((value) => gcn.nombre(value));
      pager.hidden = count <= perPage;
      pager.querySelector("[data-lignes]").textContent = `Lignes ${first} à ${last} sur ${gcn.nombre(count)}`;
      turns[0].setAttribute("aria-disabled", start === 0);
      turns[1].setAttribute("aria-disabled", start + perPage >= count);
      return count <= perPage ? "" : `, lignes ${first} à ${last}`;
    }

    function draw(shown) {
      const { year, all, rows } = shown;
      body.replaceChildren(...rows.slice(start, start + perPage).map((site) => row(shown, site)));
      place.querySelector("[data-annee]").textContent = year;
      const lines = pages(rows.length);
      const sites = `${gcn.nombre(rows.length)} ${rows.length > 1 ? "sites retenus" : "site retenu"} sur ${gcn.nombre(all.length)}`;
      say(all.length === 0 ? `Aucun site en ${year}` : rows.length === 0 ? "Aucun site ne répond à ces choix" : sites + lines);
      const sort = control("tri").value;
      for (const head of heads) {
        head.removeAttribute("aria-sort");
        if (sort.replace("-", "") === head.dataset.colonne) {
          head.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
        }
      }
      place.querySelector(".fenetre").scrollTop = 0;
    }

    async function show(from = 0) {
      const mine = (asked += 1);
      const shown = await found().catch(() => null);
      if (mine !== asked) return;
      start = from;
      save.disabled = shown === null;
      if (shown !== null) return draw(shown);
      body.replaceChildren();
      pager.hidden = true;
      say("Les données de cette année n’ont pas pu être lues");
    }

    async function export_() {
      const shown = await found().catch(() => null);
      if (shown === null) return show();
      const columns = ["id_centre", ...heads.map((head) => head.dataset.colonne), "synthetique"];
      const lines = shown.rows.map((site) => [shown.year, ...columns.map((column) => site[column])]);
      gcn.enregistrer(`classement-${shown.year}-${place.dataset.liste}.csv`, [["annee", ...columns], ...lines]);
    }

    for (const head of heads) {
      head.replaceChildren(gcn.bouton(head.textContent, () => {
        const column = head.dataset.colonne;
        control("tri").value = control("tri").value === column ? `-${column}` : column;
        update();
      }, { class: "tri" }));
    }
    for (const turn of turns) {
      turn.addEventListener("click", () => {
        if (turn.getAttribute("aria-disabled") !== "true") show(start + Number(turn.dataset.vers) * perPage);
      });
    }
    pages(Number(place.dataset.total));
    save.hidden = false;
    save.addEventListener("click", export_);
    return { show };
  }

  /* ---- the choices ---- */

  function update() {
    gcn.adresse.ecrire(Object.fromEntries(controls.map((one) => [one.dataset.adresse, one.value])));
    for (const list of lists) list.show();
  }

  form.hidden = false;
  for (const said of document.querySelectorAll("[data-tri-possible]")) said.hidden = false;
  form.addEventListener("input", ({ target }) => {
    clearTimeout(waiting);
    waiting = setTimeout(update, target.type === "search" ? PAUSE : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    control("tri").value = "";
    waiting = setTimeout(update);
  });
  const asked = Object.entries(gcn.adresse.lire());
  for (const [name, value] of asked) control(name).value = value;
  if (asked.length > 0) update();
})();
