/* Makes the still drawings answer: Plotly is fetched, once, for the first figure that comes into view. */
"use strict";

(() => {
  const CONFIG = {
    locale: "fr",
    responsive: true,
    displayModeBar: false,
    scrollZoom: false,
    doubleClick: false,
  };
  const ASSETS = document.currentScript.dataset.assets;
  const LIBRARY = ["plotly.min.js", "plotly-locale-fr.js"];
  let library = null;

  function script(name) {
    return new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = ASSETS + name;
      element.onload = done;
      element.onerror = failed;
      document.head.append(element);
    });
  }

  function plotly() {
    library ??= LIBRARY.reduce((before, name) => before.then(() => script(name)), Promise.resolve());
    return library;
  }

  async function draw(place) {
    const source = document.querySelector(`script[data-graphique="${CSS.escape(place.id)}"]`);
    const { data, layout } = JSON.parse(source.textContent);
    await plotly();
    const still = [...place.childNodes];
    place.replaceChildren();
    try {
      await Plotly.newPlot(place, data, layout, CONFIG);
    } catch (error) {
      place.replaceChildren(...still);
      throw error;
    }
    place.dispatchEvent(new CustomEvent("dessine", { bubbles: true }));
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      draw(target).catch(() => {}); // the still drawing stays where it is
    }
  }, { rootMargin: "200px" });
  for (const place of document.querySelectorAll(".dessin")) watcher.observe(place);
})();
