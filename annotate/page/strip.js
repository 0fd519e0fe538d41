/** The strip of thumbnails. Only those in sight exist, however many photographs there are. */

import { thumbnailUrl } from "./api.js";
import { $, element, setAttribute, setText } from "./dom.js";
import { go, next, previous } from "./going.js";
import * as photographs from "./photographs.js";
import { changed, state } from "./state.js";

const BEYOND = 6;
/** Thumbnails flown past are not asked for. */
const SETTLES = 70;
const FAIRLY_UNSURE = 0.5;

const cells = new Map(); // id → its elements
let width = 92;
let centredOn = null;

export function createStrip() {
  const strip = $("strip");
  strip.addEventListener("scroll", () => drawStrip(), { passive: true });
  strip.addEventListener("wheel", wheeled, { passive: false });
  strip.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) void go(Number(cell.dataset.id));
  });
  strip.addEventListener("keydown", stepped);
  new ResizeObserver(() => {
    width = parseFloat(getComputedStyle(strip).getPropertyValue("--cell")) || width;
    centredOn = null;
    changed();
  }).observe(strip);
}

/** With the focus on the strip, arrow keys go from photograph to photograph. */
function stepped(event) {
  const forwards = ["ArrowRight", "ArrowDown"].includes(event.key);
  const backwards = ["ArrowLeft", "ArrowUp"].includes(event.key);
  const run = forwards ? next : backwards ? previous : null;
  if (!run) return;
  event.preventDefault();
  void run();
}

function wheeled(event) {
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
  event.preventDefault();
  $("strip").scrollLeft += event.deltaY;
}

export function drawStrip() {
  const strip = $("strip");
  const inside = $("strip-inside");
  const list = photographs.photographs();
  inside.style.width = `${list.length * width}px`;
  const here = photographs.placeOf(state.current);
  const centre = `${photographs.order} ${state.current}`;
  if (centredOn !== centre && here >= 0) {
    centredOn = centre;
    reveal(strip, here);
  }
  const first = Math.max(0, Math.floor(strip.scrollLeft / width) - BEYOND);
  const end = Math.ceil((strip.scrollLeft + strip.clientWidth) / width) + BEYOND;
  const shown = new Set();
  for (let place = first; place < Math.min(end, list.length); place += 1) {
    shown.add(list[place].id);
    drawCell(list[place], place, list.length);
  }
  for (const [id, { cell }] of cells) {
    if (shown.has(id)) continue;
    cell.remove();
    cells.delete(id);
  }
  setAttribute(strip, "aria-activedescendant", here >= 0 ? `photograph-${state.current}` : null);
}

/** The photograph shown stands in the middle, so that what comes next can be seen. */
function reveal(strip, place) {
  strip.scrollLeft = (place + 0.5) * width - strip.clientWidth / 2;
}

function drawCell(entry, place, total) {
  if (!cells.has(entry.id)) cells.set(entry.id, createCell(entry));
  const { cell, dot, unsure } = cells.get(entry.id);
  cell.style.transform = `translateX(${place * width}px)`;
  setAttribute(cell, "aria-posinset", place + 1);
  setAttribute(cell, "aria-setsize", total);
  setAttribute(cell, "aria-selected", entry.id === state.current ? "true" : "false");
  setAttribute(cell, "aria-label", `${entry.path}, ${entry.state}`);
  setAttribute(dot, "class", `dot ${entry.state.replace(" ", "-")}`);
  const value = photographs.order === "disagreement" ? entry.disagreement : entry.unsure;
  const isShown = value !== null && value !== undefined && photographs.order !== "name";
  setText(unsure, isShown ? value.toFixed(2) : "");
  setAttribute(unsure, "class", `unsure ${isShown && value >= FAIRLY_UNSURE ? "much" : ""}`);
}

function createCell(entry) {
  const image = element("img", { alt: "", draggable: false, decoding: "async" });
  const dot = element("i", { class: "dot" });
  const unsure = element("span", { class: "unsure" });
  const cell = element(
    "div",
    { class: "cell", role: "option", id: `photograph-${entry.id}`, title: entry.path },
    dot,
    unsure,
  );
  cell.dataset.id = entry.id;
  $("strip-inside").append(cell);
  const cannot = () => image.replaceWith(element("span", { class: "cross-out" }, "cannot be read"));
  image.addEventListener("error", cannot);
  setTimeout(() => {
    if (!cell.isConnected) return;
    cell.prepend(image);
    if (entry.state === "unreadable") cannot();
    else Object.assign(image, { fetchPriority: "low", src: thumbnailUrl(entry.id) });
  }, SETTLES);
  return { cell, dot, unsure };
}
