/* Draws each figure described on the page. Its values are also in a table: nothing is only in the drawing. */
"use strict";

const CONFIG = {
  locale: "fr",
  responsive: true,
  displayModeBar: false,
  scrollZoom: false,
  doubleClick: false,
};

for (const source of document.querySelectorAll("script[data-graphique]")) {
  const { data, layout } = JSON.parse(source.textContent);
  Plotly.newPlot(source.dataset.graphique, data, layout, CONFIG);
}
