/* Which sites have a dot: those that compare without reserve, with one too, or all; the choice is in the address. */
"use strict";

(() => {
  const form = document.getElementById("comparabilite");
  const choice = form.querySelector("select");
  const status = form.querySelector("[role=status]");
  const ADDED = { "": [], "avec-reserve": ["reservee"], tous: ["reservee", "non_comparable"] };
  const charts = [...document.querySelectorAll("[data-autres-points]")].map((script) => {
    const place = document.getElementById(script.dataset.autresPoints);
    const section = place.closest("section");
    return {
      place,
      still: place.querySelector(".fixe svg"), // what the page gives as an image: it follows what is drawn
      more: JSON.parse(script.textContent),
      first: JSON.parse(document.querySelector(`[data-graphique="${place.id}"]`).textContent),
      table: section.querySelector("table[id^=table-points-]"),
      name: section.querySelector("h2").textContent,
    };
  });

  const added = (trace) => ADDED[choice.value].includes(trace.name);
  const dots = (traces) => traces.reduce((sum, trace) => sum + trace.x.length, 0);

  function tell() {
    status.textContent = charts.map(({ first, more, name }) => {
      const always = dots(first.data.filter((trace) => trace.name === "pleine"));
      return `${name}\u202f: ${always + dots(more.filter(added))} points sur ${always + dots(more)}.`;
    }).join(" ");
  }

  function list({ table }) {
    if (!table) return;
    const column = [...table.tHead.rows[0].cells].findIndex((head) => head.dataset.colonne === "niveau_comparabilite");
    for (const row of table.tBodies[0].rows) {
      const level = row.cells[column].querySelector("data").value;
      row.hidden = level !== "pleine" && !ADDED[choice.value].includes(level);
    }
  }

  /* The list of points can be taken away as it is shown. */
  function offer({ place, table }) {
    if (!table) return;
    const rows = () => [...table.rows].filter((row) => !row.hidden);
    const value = (cell) => cell.querySelector("data")?.value ?? cell.textContent;
    const save = () => gcn.enregistrer(`points-${place.id}.csv`, rows().map((row) => [...row.cells].map(value)));
    table.parentElement.after(gcn.bouton("Télécharger ces points (CSV)", save, { class: "lien" }));
  }

  async function draw({ place, still, first, more }) {
    if (!place.querySelector(".main-svg")) return; // not drawn yet: "dessine" says when it is
    const start = first.data.length;
    if (place.data.length === start) {
      if (!choice.value) return;
      await Plotly.addTraces(place, more.map((trace) => ({ ...trace, visible: added(trace) })));
    }
    const far = more.filter(added).flatMap((trace) => trace.x);
    const [low, high] = first.layout.xaxis.range;
    const wanted = more.map(added);
    await Plotly.update(place, { visible: wanted }, { "xaxis.range": [low, Math.max(high, ...far.map((x) => x + 0.1))] },
      more.map((_, order) => start + order));
    const { clientWidth: width, clientHeight: height } = place;
    const image = await Plotly.toImage(place, { format: "svg", width, height, imageDataOnly: true });
    const drawn = new DOMParser().parseFromString(image, "image/svg+xml").documentElement;
    still.setAttribute("viewBox", `0 0 ${width} ${height}`);
    still.replaceChildren(...drawn.childNodes);
  }

  function show() {
    tell();
    for (const chart of charts) {
      list(chart);
      draw(chart);
    }
  }

  document.addEventListener("dessine", ({ target }) => charts.filter(({ place }) => place === target).forEach(draw));
  choice.addEventListener("change", () => {
    gcn.adresse.ecrire({ comparabilite: choice.value });
    show();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  choice.value = gcn.adresse.lire().comparabilite ?? "";
  form.hidden = charts.length === 0;
  charts.forEach(offer);
  show();
})();
