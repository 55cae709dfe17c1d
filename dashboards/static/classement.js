/* Searches, filters and sorts all the sites of a year, asked for when they are needed; only visible rows are in the page. */
"use strict";

(() => {
  const SPARE = 12; // rows kept above and below those that are seen
  const form = document.getElementById("filtres");
  if (!form) return;
  const control = (name) => form.querySelector(`[data-adresse="${name}"]`);
  const filters = [...form.querySelectorAll("[data-filtre]")];
  const lists = [...document.querySelectorAll("[data-liste]")].map(listing);

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

  /* By a column, missing values last whatever the direction. */
  function byColumn(table, column, sign) {
    const french = new Intl.Collator("fr", { numeric: true });
    const name = (site) => (column === "nom_site" ? site.nom_site ?? site.id_centre : site[column]);
    const words = table.libelles[column];
    return (one, other) => {
      const [first, second] = [name(one), name(other)];
      if (first === null || second === null) return (first === null) - (second === null);
      if (typeof first === "number") return sign * (first - second);
      return sign * french.compare(words?.[first] ?? first, words?.[second] ?? second);
    };
  }

  function ordered(table, sites, sort) {
    const descending = sort.startsWith("-");
    const column = descending ? sort.slice(1) : sort;
    const known = column === "nom_site" || table.colonnes.includes(column);
    return [...sites].sort(known ? byColumn(table, column, descending ? -1 : 1) : byRank);
  }

  /* ---- what is kept ---- */

  function searched(sites, asked) {
    const words = gcn.simple(asked).split(/\s+/).filter(Boolean);
    if (words.length === 0) return sites;
    return sites.filter((site) => {
      site.cherche ??= gcn.simple([site.nom_site, site.organisme, site.id_centre].filter(Boolean).join(" "));
      return words.every((word) => site.cherche.includes(word));
    });
  }

  function kept(sites) {
    const wanted = filters.filter((select) => select.value).map((select) => [select.dataset.filtre, select.value]);
    return searched(sites, control("q").value)
      .filter((site) => wanted.every(([column, value]) => String(site[column]) === value));
  }

  /* ---- one list: real sites, or synthetic ones ---- */

  function listing(place) {
    const body = place.querySelector("tbody");
    const view = place.querySelector(".fenetre");
    const heads = [...place.querySelectorAll("thead th")];
    const save = place.querySelector("[data-enregistrer]");
    const synthetic = place.dataset.synthetique === "true";
    let table = null;
    let rows = [];
    let drawn = "";
    let tall = 0;

    function row(site) {
      const line = document.createElement("tr");
      line.dataset.cle = `id_centre=${site.id_centre};annee=${control("annee").value}`;
      heads.forEach((head, place_) => {
        const { colonne, forme } = head.dataset;
        const cell = document.createElement(place_ === 0 ? "th" : "td");
        if (place_ === 0) cell.scope = "row";
        cell.className = head.classList.contains("nombre") ? "nombre" : "";
        cell.append(forme === "nom" ? gcn.nom(site) : gcn.valeur(table, site, colonne, forme));
        line.append(cell);
      });
      return line;
    }

    /* Holds the place of the rows that are not in the page. */
    function filler(count) {
      const line = document.createElement("tr");
      line.className = "bourre";
      line.setAttribute("aria-hidden", "true");
      const cell = line.appendChild(document.createElement("td"));
      cell.colSpan = heads.length;
      cell.style.height = `${count * tall}px`;
      return line;
    }

    function draw() {
      if (table === null) return;
      tall ||= body.querySelector("tr:not(.bourre)")?.getBoundingClientRect().height ?? 0;
      const seen = tall > 0 ? Math.ceil(view.clientHeight / tall) : 0;
      const first = Math.max(0, (tall > 0 ? Math.floor(view.scrollTop / tall) : 0) - SPARE);
      const last = Math.min(rows.length, first + seen + 2 * SPARE);
      if (drawn === `${first} ${last}`) return;
      drawn = `${first} ${last}`;
      const lines = rows.slice(first, last).map((site, place_) => {
        const line = row(site);
        line.setAttribute("aria-rowindex", first + place_ + 2);
        return line;
      });
      body.replaceChildren(...(first > 0 ? [filler(first)] : []), ...lines,
        ...(last < rows.length ? [filler(rows.length - last)] : []));
      // A column never narrows while one scrolls: the table would tremble.
      heads.forEach((head) => { head.style.minWidth = `${head.getBoundingClientRect().width}px`; });
      const height = body.querySelector("tr:not(.bourre)")?.getBoundingClientRect().height ?? tall;
      if (Math.abs(height - tall) > 0.01) {
        tall = height;
        drawn = "";
        draw();
      }
    }

    function show(data, sort) {
      table = data;
      const all = data.sites.filter((site) => site.synthetique === synthetic);
      rows = ordered(data, kept(all), sort);
      const sites = rows.length > 1 ? "sites affichés" : "site affiché";
      place.querySelector("[data-compte]").textContent =
        rows.length === 0 ? "Aucun site ne répond à ces choix" : `${gcn.nombre(rows.length)} ${sites} sur ${gcn.nombre(all.length)}`;
      place.querySelector("[data-annee]").textContent = control("annee").value;
      place.querySelector("table").setAttribute("aria-rowcount", rows.length + 1);
      heads.forEach((head) => {
        head.removeAttribute("aria-sort");
        head.style.minWidth = "";
        if (sort === head.dataset.colonne) head.setAttribute("aria-sort", "ascending");
        if (sort === `-${head.dataset.colonne}`) head.setAttribute("aria-sort", "descending");
      });
      view.scrollTop = 0;
      drawn = "";
      draw();
    }

    function makeSortable(head) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tri";
      button.textContent = head.textContent;
      button.addEventListener("click", () => {
        const column = head.dataset.colonne;
        control("tri").value = control("tri").value === column ? `-${column}` : column;
        update();
      });
      head.replaceChildren(button);
    }

    async function export_() {
      await update();
      const columns = ["id_centre", ...heads.map((head) => head.dataset.colonne), "synthetique"];
      const year = control("annee").value;
      const lines = rows.map((site) => [year, ...columns.map((column) => site[column])]);
      gcn.enregistrer(`classement-${year}-${place.dataset.liste}.csv`, [["annee", ...columns], ...lines]);
    }

    heads.forEach(makeSortable);
    save.hidden = false;
    save.addEventListener("click", export_);
    view.addEventListener("scroll", () => (table === null ? update(true) : requestAnimationFrame(draw)), { passive: true });
    addEventListener("resize", () => { tall = 0; drawn = ""; draw(); });
    return { view, show, place };
  }

  /* ---- the choices ---- */

  function choices() {
    const said = {};
    for (const element of form.querySelectorAll("[data-adresse]")) {
      const usual = element.dataset.adresse === "annee" ? element.options[0].value : "";
      if (element.value !== usual) said[element.dataset.adresse] = element.value;
    }
    return said;
  }

  async function update(scrolled = false) {
    const year = control("annee").value;
    const places = lists.map((list) => list.view.scrollTop);
    if (!scrolled) gcn.adresse.ecrire(choices());
    try {
      const table = await gcn.demander(`sites-${year}`);
      if (control("annee").value !== year) return;
      lists.forEach((list) => list.show(table, control("tri").value));
      if (scrolled) lists.forEach((list, place) => { list.view.scrollTop = places[place]; });
    } catch {
      lists.forEach((list) => { list.place.querySelector("[data-compte]").textContent = "Les données de cette année n’ont pas pu être lues"; });
    }
  }

  form.hidden = false;
  form.addEventListener("input", () => update());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    control("tri").value = "";
    setTimeout(update);
  });
  const asked = gcn.adresse.lire();
  for (const [name, value] of Object.entries(asked)) control(name).value = value;
  if (Object.keys(asked).length > 0) update();
})();
