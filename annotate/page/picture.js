/** The photograph itself on the stage: which one, where, how bright. */

import { size } from "./current.js";
import { $, setAttribute, setText } from "./dom.js";
import { say } from "./saying.js";
import { changed, setSetting, state } from "./state.js";

/** Screen pixels a photograph's pixel from which single pixels should be told apart. */
const CRISP = 8;
const LOWEST = 0.3;
const HIGHEST = 3;
const STEP = 0.1;

export function createPicture() {
  for (const name of ["brightness", "contrast"]) {
    $(name).addEventListener("input", () => setSetting(name, Number($(name).value)));
  }
}

export function drawPicture() {
  const frame = $("photograph");
  const { image, view, settings } = state;
  if (image !== frame.firstElementChild) {
    frame.replaceChildren(...(image ? [image] : []));
    frame.dataset.shown = image ? state.current : "";
  }
  if (image) {
    const { width, height } = size();
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
    image.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    image.style.imageRendering = view.scale >= CRISP ? "pixelated" : "auto";
  }
  const plain = settings.brightness === 1 && settings.contrast === 1;
  frame.style.filter = plain
    ? ""
    : `brightness(${settings.brightness}) contrast(${settings.contrast})`;
  for (const name of ["brightness", "contrast"]) {
    $(name).value = settings[name];
    const percent = `${Math.round(settings[name] * 100)} %`;
    setText($(`${name}-value`), percent);
    setAttribute($(name), "aria-valuetext", percent);
  }
  $("magnifier-on").setAttribute("aria-pressed", String(settings.magnifier));
}

function change(name, by) {
  const value = Math.min(HIGHEST, Math.max(LOWEST, state.settings[name] + by));
  setSetting(name, Math.round(value * 100) / 100);
  say(`${name === "brightness" ? "Brightness" : "Contrast"} ${Math.round(value * 100)} %.`);
}

export const brighter = () => change("brightness", STEP);
export const darker = () => change("brightness", -STEP);
export const moreContrast = () => change("contrast", STEP);
export const lessContrast = () => change("contrast", -STEP);

export function resetPicture() {
  setSetting("brightness", 1);
  setSetting("contrast", 1);
  say("Brightness and contrast as in the file.");
}

export function magnifier() {
  setSetting("magnifier", !state.settings.magnifier);
  say(state.settings.magnifier ? "Magnifier on." : "Magnifier off.");
}

export function peek() {
  state.skeletonShown = !state.skeletonShown;
  say(state.skeletonShown ? "Points shown." : "Points not shown. P shows them again.");
  changed();
}
