/* The choices of a page in its address, so that a view can be linked to. Only what a control can say is read. */
"use strict";

(() => {
  const controls = () => [...document.querySelectorAll("[data-adresse]")];

  function allowed(control, value) {
    if (control.tagName === "SELECT") return [...control.options].some((option) => option.value === value);
    if (control.type === "range") return /^\d{1,4}(?:\.\d{1,4})?$/.test(value); // the slider keeps it within its ends
    if (control.pattern) return new RegExp(`^(?:${control.pattern})$`).test(value);
    return value.length <= (control.maxLength > 0 ? control.maxLength : 100);
  }

  function lire() {
    const asked = new URLSearchParams(location.search);
    const choices = {};
    for (const control of controls()) {
      const value = asked.get(control.dataset.adresse);
      if (value && allowed(control, value)) choices[control.dataset.adresse] = value;
    }
    return choices;
  }

  function ecrire(choices) {
    const said = new URLSearchParams(Object.entries(choices).filter(([, value]) => value));
    const query = said.toString().replaceAll("%2C", ",");
    try {
      history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
    } catch {
      // A browser may refuse an address that changes too often: the page goes on, the next change writes it.
    }
  }

  window.gcn = Object.assign(window.gcn ?? {}, { adresse: { lire, ecrire } });
})();
