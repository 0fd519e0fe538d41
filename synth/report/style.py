"""The page's style and its few lines of script. Both are in the page, which asks for nothing."""

from __future__ import annotations

from typing import Final

_DARK: Final = """\
  color-scheme: dark;
  --ground: #151517; --card: #1d1d20; --ink: #ececee; --soft: #a0a0a8; --line: #34343a;
  --accent: #6fb1dd; --limit: #e89a76; --mean: #ececee;
  --part0: #5b9fcd; --part1: #b08d4d; --part2: #43434a;
  --s0: #202024; --s1: #1c2b36; --s2: #1d3747; --s3: #1f475f; --s4: #255b7a; --s5: #347599;
  --s6: #5093b8; --s7: #7db6d6; --s8: #bfe0f3;
"""

STYLE: Final = (
    """
:root {
  color-scheme: light;
  --ground: #fbfaf8; --card: #ffffff; --ink: #1d1d20; --soft: #63636b; --line: #e2e0db;
  --accent: #2f6f9f; --limit: #b4512f; --mean: #1d1d20;
  --part0: #2f6f9f; --part1: #c9a25b; --part2: #d9d6cf;
  --s0: #f0eeea; --s1: #e3edf3; --s2: #cfe1ec; --s3: #b3d0e1; --s4: #8fb9d2; --s5: #659dbf;
  --s6: #3f7fa8; --s7: #265f87; --s8: #123f60;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {
"""
    + _DARK
    + """} }
:root[data-theme="dark"] {
"""
    + _DARK
    + """}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.layout {
  display: grid; grid-template-columns: 13rem minmax(0, 1fr); max-width: 88rem; margin: 0 auto;
}
nav {
  position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto;
  padding: 2rem 1rem;
}
nav ol { list-style: none; margin: 0 0 1.5rem; padding: 0; font-size: 0.9rem; }
nav li { margin: 0.15rem 0; }
nav li li { margin-left: 0.9rem; font-size: 0.85rem; }
nav ol ol { margin: 0; }
nav a { color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--accent); }
nav label { display: block; font-size: 0.9rem; margin: 0.3rem 0; cursor: pointer; }
nav button {
  font: inherit; font-size: 0.9rem; color: var(--ink); background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; padding: 0.2rem 0.7rem; cursor: pointer;
}
main { padding: 2rem 2rem 6rem; min-width: 0; }
h1 {
  font-size: 2rem; line-height: 1.2; margin: 0 0 0.3rem; letter-spacing: -0.01em;
  overflow-wrap: anywhere;
}
h2 {
  font-size: 1.35rem; margin: 3.2rem 0 0.4rem; padding-top: 0.8rem;
  border-top: 1px solid var(--line);
}
h3 { font-size: 1.05rem; margin: 1.8rem 0 0.3rem; }
p { max-width: 44rem; margin: 0.3rem 0 0.9rem; }
.soft, .lead { color: var(--soft); }
.lead { font-size: 1.05rem; }
.facts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.7rem;
  margin: 1.4rem 0;
}
.facts div {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 0.7rem 0.9rem;
}
.facts dt { font-size: 0.8rem; color: var(--soft); }
.facts dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.facts dl, dl.facts { margin: 1.4rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td {
  text-align: left; padding: 0.25rem 1.4rem 0.25rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top;
}
th { font-weight: 600; color: var(--soft); }
td.number, th.number { text-align: right; }
details { margin: 0.8rem 0; }
summary { cursor: pointer; color: var(--accent); }
pre {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem;
  overflow: auto; font-size: 0.82rem; line-height: 1.45;
}
.group { margin: 1.1rem 0 0.4rem; font-size: 0.92rem; }
.group b { font-weight: 600; }
.pictures {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0.6rem;
}
.groups {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0 1.2rem;
}
.groups .pictures { grid-template-columns: 1fr 1fr; }
figure { margin: 0; min-width: 0; }
figure .frame {
  position: relative; display: block; background: var(--card); border-radius: 6px;
  overflow: hidden;
}
figure img { display: block; width: 100%; height: auto; }
figure svg { position: absolute; inset: 0; width: 100%; height: 100%; visibility: hidden; }
.skeletons figure svg { visibility: visible; }
figcaption { font-size: 0.74rem; line-height: 1.35; color: var(--soft); overflow-wrap: anywhere; }
figcaption b { color: var(--ink); font-weight: 600; }
.f0 { --c: #ff4646; }
.f1 { --c: #ffbe28; }
.f2 { --c: #5adc50; }
.f3 { --c: #46a0ff; }
.f4 { --c: #e164ff; }
.bone { fill: none; stroke: var(--c); stroke-width: 1.6; stroke-linejoin: round; }
.shadow { fill: none; stroke: #141414; stroke-width: 3; stroke-linejoin: round; opacity: 0.6; }
.seen { fill: var(--c); stroke: #141414; stroke-width: 0.5; }
.hidden { fill: none; stroke: var(--c); stroke-width: 1; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0.9rem; }
.plot {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 0.6rem 0.7rem;
}
.plot h4 { margin: 0 0 0.2rem; font-size: 0.85rem; font-weight: 600; }
.plot svg, .map svg { display: block; width: 100%; height: auto; }
.wide .plots { grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); }
svg text { font-size: 11px; fill: var(--soft); }
svg text.head { text-anchor: middle; }
.bar { fill: var(--accent); } .axis { stroke: var(--line); }
.limit { stroke: var(--limit); stroke-dasharray: 3 2; }
.mean { stroke: var(--mean); stroke-width: 1.2; }
.map { max-width: 44rem; }
.map path { stroke: var(--ground); stroke-width: 0.4; }
.key { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; font-size: 0.85rem; color: var(--soft); }
.key i {
  display: inline-block; width: 0.85rem; height: 0.85rem; margin-right: 0.35rem;
  border-radius: 3px; vertical-align: -0.1rem;
}
.bars {
  list-style: none; margin: 0; padding: 0; font-size: 0.85rem; columns: 22rem;
  column-gap: 2.4rem;
}
.bars li {
  display: grid; grid-template-columns: 10rem minmax(0, 1fr) 3.2rem; gap: 0.7rem;
  align-items: center; break-inside: avoid;
}
.bars .name { overflow-wrap: anywhere; line-height: 1.3; padding: 0.1rem 0; }
.bars .track {
  display: flex; height: 0.7rem; background: var(--line); border-radius: 3px; overflow: hidden;
}
.bars .track > span { background: var(--accent); }
.bars .count { text-align: right; font-variant-numeric: tabular-nums; color: var(--soft); }
i.part0, .bars .track > .part0 { background: var(--part0); }
i.part1, .bars .track > .part1 { background: var(--part1); }
i.part2, .bars .track > .part2 { background: var(--part2); }
.shade0 { fill: var(--s0); background: var(--s0); }
.shade1 { fill: var(--s1); background: var(--s1); }
.shade2 { fill: var(--s2); background: var(--s2); }
.shade3 { fill: var(--s3); background: var(--s3); }
.shade4 { fill: var(--s4); background: var(--s4); }
.shade5 { fill: var(--s5); background: var(--s5); }
.shade6 { fill: var(--s6); background: var(--s6); }
.shade7 { fill: var(--s7); background: var(--s7); }
.shade8 { fill: var(--s8); background: var(--s8); }
@media (max-width: 52rem) {
  .layout { display: block; }
  nav { position: static; max-height: none; padding: 1.2rem 1rem 0; }
  nav ol { columns: 2; }
  main { padding: 1rem 1rem 4rem; }
  .pictures { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
  h1 { font-size: 1.6rem; }
  .bars li { grid-template-columns: 7.5rem minmax(0, 1fr) 3rem; }
}
@media print { nav { display: none; } .layout { display: block; } }
"""
)

SCRIPT: Final = """
const root = document.documentElement;
const box = document.getElementById("skeletons");
const show = () => document.body.classList.toggle("skeletons", box.checked);
box.addEventListener("change", show);
show();
document.addEventListener("keydown", (event) => {
  if (event.key === "s" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    box.checked = !box.checked;
    show();
  }
});
const dark = () => root.dataset.theme
  ? root.dataset.theme === "dark"
  : matchMedia("(prefers-color-scheme: dark)").matches;
document.getElementById("theme").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
});
"""
