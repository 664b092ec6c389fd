"""How the page of a report looks: the desk's colours, each one line for light and dark; and on paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: light-dark(#f7f6f3, #16181b); --sheet: light-dark(#ffffff, #1d2024); --ink: light-dark(#1b1d20, #e8e6e1);
  --soft: light-dark(#53565b, #b4b3ae); --rule: light-dark(#dcdad4, #34383d);
  --gone: light-dark(#fbdcd6, #5a241c); --new: light-dark(#d5eedb, #1c4a2b); --moved: light-dark(#fbeccb, #4b3a10);
  --bad: light-dark(#a32a17, #f5a497); --good: light-dark(#17663a, #8fd5a8); --unsure: light-dark(#7a5200, #e6c07a);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; } h3 { font-size: 1rem; } h4 { margin: 0; }
a { color: inherit; } h4, .which, .mails, .none, .name, caption { color: var(--soft); font-size: .875rem; }
table { border-collapse: collapse; background: var(--sheet); }
caption { text-align: left; }
th, td { padding: .25rem .75rem; border: 1px solid var(--rule); text-align: left; font-variant-numeric: tabular-nums; }
th { font-weight: 600; } .facts th { font-weight: 400; color: var(--soft); }
.stays { color: var(--soft); } .moves { font-weight: 700; background: var(--moved); }
.wide { overflow-x: auto; }
.passed { color: var(--good); } .failed, .broken, .notice { color: var(--bad); } .unknown { color: var(--unsure); }
.notice { font-weight: 600; }
section { margin-top: 1.5rem; padding: .25rem 1rem 1rem; background: var(--sheet); border: 1px solid var(--rule); }
section:target { outline: 2px solid currentColor; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem; }
.sides pre { margin: .5rem 0 0; padding: .75rem; border: 1px solid var(--rule); font: inherit; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.name { margin: .25rem 0 0; } .mails { overflow-wrap: anywhere; }
del { background: var(--gone); text-decoration: line-through; }
ins { background: var(--new); text-decoration: underline; }
@media (max-width: 50rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
@media print {
  :root { color-scheme: light; } body { background: none; font-size: 10pt; } main { max-width: none; padding: 0; }
  section { border-width: 1px 0 0; padding: .5rem 0; } .sides > div, tr { break-inside: avoid; }
  h3 { break-after: avoid; }
  ins, del { print-color-adjust: exact; }
}
"""
