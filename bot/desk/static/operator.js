// Helps with editing files: line numbers that follow the text, links that lead to their line, fields as tall as their
// text, long lines that wrap. What is wrong and what a customer would get comes from the server while one types. Works without this file too.
"use strict";
(() => {
  const MOST_WRAPPED = 300; // lines; longer files keep one row for each line
  const fields = () => [...document.querySelectorAll(".numbered textarea")];

  function number(field) {
    const list = field.parentElement.querySelector("ol");
    const lines = field.value.split("\n").length;
    while (list.children.length > lines) list.lastElementChild.remove();
    while (list.children.length < lines) {
      const item = document.createElement("li");
      item.textContent = list.children.length + 1;
      list.append(item);
    }
    field.rows = Math.max(lines, 2);
    wrap(field, list, lines <= MOST_WRAPPED);
  }

  // Each number is as tall as its line, which may take several rows.
  function wrap(field, list, wanted) {
    field.classList.toggle("wraps", wanted);
    field.wrap = wanted ? "soft" : "off";
    if (!wanted) return;
    const measure = document.createElement("div");
    measure.className = "measure";
    const look = getComputedStyle(field);
    measure.style.width = `${field.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight)}px`;
    measure.append(...field.value.split("\n").map((line) => {
      const row = document.createElement("div");
      row.textContent = line;
      return row;
    }));
    document.body.append(measure);
    const heights = [...measure.children].map((row) => row.getBoundingClientRect().height);
    measure.remove();
    heights.forEach((height, place) => { list.children[place].style.height = `${height}px`; });
    const edges = field.offsetHeight - field.clientHeight + parseFloat(look.paddingTop) + parseFloat(look.paddingBottom);
    field.style.height = `${Math.ceil(heights.reduce((sum, one) => sum + one, 0) + edges)}px`;
  }

  function mark() {
    for (const field of fields()) {
      for (const item of field.parentElement.querySelectorAll("li")) item.className = "";
      for (const link of document.querySelectorAll(`#noticed a[href="#${field.id}"][data-line]`)) {
        const item = field.parentElement.querySelector(`li:nth-child(${Number(link.dataset.line) || 0})`);
        if (item) item.className = link.parentElement.className;
      }
    }
  }

  function show(field, line) {
    const lines = field.value.split("\n");
    if (!line || line > lines.length) return;
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, start + lines[line - 1].length);
    const item = field.parentElement.querySelector(`li:nth-child(${line})`);
    if (item) item.scrollIntoView({ block: "center" });
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches(".numbered textarea")) number(event.target);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#noticed a[data-line]");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    show(field, Number(link.dataset.line));
  });

  document.addEventListener("htmx:afterSettle", mark);

  for (const field of fields()) number(field);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    for (const field of fields()) number(field);
  });
  const form = document.getElementById("edit");
  if (form && form.dataset.at && fields()[0]) show(fields()[0], Number(form.dataset.at));
})();
