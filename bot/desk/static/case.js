// The case page: every part of it works without this file, with links, buttons and forms.
//
//   data-opens="id"   this link to a picture opens the popover instead
//   data-letter       a form with a letter: what is typed is kept as a draft on each pause, and the case stays held
//   data-adds="…"     this button puts a paragraph where the cursor stands
//   E P C H           into the letter, next photo, change the detail in focus, hand over (J K T U N, digits: desk.js)
"use strict";
(() => {
  const root = document.documentElement;
  const place = document.querySelector("[data-case]");
  if (!place) return;
  const shown = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
  const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select");
  const PAUSE = 1200, SIGN = 60000;

  // --- photos -------------------------------------------------------------------------------------

  const photos = [...document.querySelectorAll(".photo-view")];

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    const view = link && document.getElementById(link.dataset.opens);
    if (!view || !view.showPopover || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    view.showPopover();
  });

  function nextPhoto() {
    if (!photos.length || !photos[0].showPopover) return false;
    const open = photos.findIndex((view) => view.matches(":popover-open"));
    photos[(open + 1) % photos.length].showPopover();
    return true;
  }

  // --- keys ---------------------------------------------------------------------------------------

  function intoLetter() {
    const body = [...document.querySelectorAll("[data-body]")].find(shown);
    if (!body) return false;
    body.focus();
    return true;
  }

  function change() {
    const near = document.activeElement.closest(".detail") || document.querySelector(".detail:target");
    const detail = near || document.querySelector(".detail.is-missing .correct, .detail .correct")?.closest(".detail");
    const fold = detail && detail.querySelector(".correct");
    if (!fold) return false;
    fold.open = true;
    fold.querySelector("select, input[type=text]").focus();
    return true;
  }

  function handOver() {
    const link = document.querySelector('.other-actions a[data-key="h"]');
    if (!link) return false;
    link.click();
    return true;
  }

  const KEYS = { e: intoLetter, p: nextPhoto, c: change, h: handOver };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || root.dataset.keys === "off" || event.shiftKey) return;
    const work = KEYS[event.key.toLowerCase()];
    if (work && work()) event.preventDefault();
  });

  // --- drafts and the hold ------------------------------------------------------------------------

  let lastSign = 0;
  const timers = new WeakMap(), unkept = new Set();

  async function post(address, form) {
    const said = new URLSearchParams(form);
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "X-CSRF-Token": place.dataset.csrf, "HX-Request": "true" },
        body: said,
        credentials: "same-origin",
      });
      lost(false);
      return answer.ok ? await answer.text() : "";
    } catch {
      if (form instanceof FormData) lost(true); // no connection: the words stay in the field
      return "";
    }
  }

  // What you type stays here: said while there is no connection, tried again when there is one.
  const offline = document.getElementById("offline");

  function lost(line) {
    if (offline) offline.hidden = !line;
  }

  function tryAgain() {
    for (const form of document.querySelectorAll("form[data-letter]")) if (unkept.has(form)) keep(form);
  }

  if (offline) offline.querySelector("button").addEventListener("click", tryAgain);
  window.addEventListener("online", tryAgain);

  async function keep(form) {
    unkept.add(form);
    const html = await post(form.dataset.draft, new FormData(form));
    if (!html) return;
    unkept.delete(form);
    const made = document.createElement("template");
    made.innerHTML = html; // ours: rendered by the desk, every word of it escaped
    const kept = made.content.querySelector(".kept"), guard = made.content.querySelector(".guard");
    if (kept) form.querySelector(".kept").replaceWith(kept);
    if (guard) form.querySelector(".guard").replaceWith(guard);
  }

  async function sign() {
    if (Date.now() - lastSign < SIGN) return;
    lastSign = Date.now();
    const html = await post(place.dataset.hold, [["do", "typed"]]);
    const company = document.getElementById("company");
    if (html && company) company.innerHTML = html;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-letter]");
    if (typing(event.target)) sign();
    if (!form || !event.target.matches("[data-body]")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), PAUSE));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-adds]");
    const body = button && button.form && button.form.querySelector("[data-body]");
    if (!body) return;
    event.preventDefault();
    const text = body.value, at = body.selectionEnd || text.lastIndexOf("\n\n");
    const head = text.slice(0, at).replace(/\s+$/, ""), tail = text.slice(at).replace(/^\s+/, "");
    body.value = `${head}\n\n${button.dataset.adds}\n\n${tail}`;
    body.focus();
    body.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
