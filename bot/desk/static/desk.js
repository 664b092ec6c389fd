// What only helps: every page works without this file.
//
//   data-key="t"     this key follows the link, presses the button, chooses the radio, or goes into the field.
//                    "Ctrl+Enter" works while typing too: it presses the button of the form that is typed in.
//   .case-row        a row of a list: J and K move, Enter follows its link, X ticks its box. The row that was
//                    left is marked when one comes back.
//   data-busy="…"    what a pressed button says when the answer takes more than 300 ms
//   #find, #keys     where / goes, what ? shows
//
// A form is sent once. Keys are silent while typing, with another modifier, and when they are switched off.
"use strict";
(() => {
  const root = document.documentElement;
  const shown = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
  const typing = (element) => element.closest("input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select, [contenteditable]");
  const all = (selector, where = document) => [...where.querySelectorAll(selector)].filter(shown);

  // --- keys ---------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const field = typing(event.target);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return chord(event, field);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return leave(field);
    if (field || root.dataset.keys === "off") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.shiftKey && key !== "?") return;
    if (press(key)) event.preventDefault();
  });

  function press(key) {
    if (key === "/") return into(document.getElementById("find"));
    if (key === "?") return toggle(document.getElementById("keys"));
    const rows = all(".case-row");
    if ((key === "j" || key === "k") && rows.length) return move(rows, key === "j" ? 1 : -1);
    if (key === "x" && rows.length) return tick(rows);
    return act(all(`[data-key="${CSS.escape(key)}"]`)[0]);
  }

  function act(element) {
    if (!element || element.disabled) return false;
    if (typing(element)) return into(element);
    if (element.matches("input[type=radio]")) element.focus();
    element.click();
    return true;
  }

  function into(field) {
    if (!field) return false;
    field.focus();
    if (field.select) field.select();
    return true;
  }

  function toggle(popover) {
    if (!popover || !popover.togglePopover) return false;
    popover.togglePopover();
    return true;
  }

  function chord(event, field) {
    const form = field && field.form;
    const buttons = all('[data-key="Ctrl+Enter"]', form || document);
    if (buttons.length === 1 && act(buttons[0])) event.preventDefault();
  }

  function leave(field) {
    const menu = document.querySelector("details.me[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (field) {
      field.blur();
    } else if (!document.querySelector(":popover-open")) {
      act(all('[data-key="Escape"]')[0]);
    }
  }

  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.me[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  // --- lists --------------------------------------------------------------------------------------

  const place = `row of ${location.pathname}`;
  const here = (rows) => rows.findIndex((row) => row.contains(document.activeElement)) >= 0
    ? rows.findIndex((row) => row.contains(document.activeElement))
    : rows.findIndex((row) => row.classList.contains("is-here"));

  function mark(row) {
    for (const other of document.querySelectorAll(".case-row.is-here")) other.classList.remove("is-here");
    row.classList.add("is-here");
    if (row.id) sessionStorage.setItem(place, row.id);
  }

  function move(rows, step) {
    const now = here(rows);
    const row = rows[Math.min(Math.max(now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step, 0), rows.length - 1)];
    mark(row);
    const link = row.querySelector("a[href]");
    if (link) link.focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function tick(rows) {
    const box = rows[here(rows)] && rows[here(rows)].querySelector("input[type=checkbox]");
    if (!box) return false;
    box.click();
    return true;
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".case-row");
    if (row && event.target.closest("a")) mark(row);
  });

  window.addEventListener("pageshow", (event) => {
    const [entry] = performance.getEntriesByType("navigation");
    const back = event.persisted || (entry && entry.type === "back_forward");
    const row = back && document.getElementById(sessionStorage.getItem(place) || "");
    if (row && row.classList.contains("case-row")) {
      mark(row);
      row.scrollIntoView({ block: "nearest" });
    }
  });

  // --- forms --------------------------------------------------------------------------------------

  const sent = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    const button = event.submitter;
    setTimeout(() => busy(button), 300);
    setTimeout(() => sent.delete(form), 10000); // the answer was a file, or never came
  });

  function busy(button) {
    if (!button || !button.isConnected) return;
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  }

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // a page from the browser's memory is a page of before
  });
})();
