/** The key sheet and the menu of exports. */

import { exportUrl } from "./api.js";
import { saving } from "./current.js";
import { $, element } from "./dom.js";
import { commitMoving } from "./moving.js";
import { say } from "./saying.js";
import { setSetting, state } from "./state.js";

export function createDialogs(groups) {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    // A press on the ground beside the dialog hits the dialog element itself.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => $("stage").focus({ preventScroll: true }));
  }
  for (const button of document.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => download(button.dataset.export));
  }
  $("letters").checked = state.settings.letters;
  $("letters").addEventListener("change", () => setSetting("letters", $("letters").checked));
  $("key-groups").replaceChildren(...[...groups].map(([name, rows]) => group(name, rows)));
}

function group(name, rows) {
  const list = element("dl");
  for (const { keys, what } of rows) {
    const words = keys.split(" ").map((key) => element("kbd", {}, key));
    list.append(element("dt", {}, ...words), element("dd", {}, what));
  }
  return element("section", {}, element("h3", {}, name), list);
}

export const sheet = () => toggle($("keys"));
export const exports = () => toggle($("exports"));

function toggle(dialog) {
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;

async function download(format) {
  $("exports").close();
  commitMoving();
  if (saving.status().waiting > 0) say("The export begins when all edits are saved.");
  await saving.whenIdle();
  const link = element("a", { href: exportUrl(format), download: "" });
  link.click();
  say("The export is downloaded.");
}
