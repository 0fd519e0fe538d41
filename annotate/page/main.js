/** Start: read the folder, make the parts, show the first photograph that needs work. */

import { saving } from "./current.js";
import { createDialogs } from "./dialogs.js";
import { $ } from "./dom.js";
import { followFile, go, nextToDo } from "./going.js";
import { createGuide, drawGuide } from "./guide.js";
import { COMMANDS, createKeys, keyGroups } from "./keys.js";
import { drawMagnifier } from "./magnifier.js";
import { commitMoving } from "./moving.js";
import { createOverlay, drawOverlay } from "./overlay.js";
import { createPanel, drawPanel } from "./panel.js";
import * as photographs from "./photographs.js";
import { createPicture, drawPicture } from "./picture.js";
import { reading } from "./reading.js";
import { drawReview } from "./review.js";
import { drawSaying, say } from "./saying.js";
import { createStage, drawStage } from "./stage.js";
import { changed, onDraw, state } from "./state.js";
import { drawStatus } from "./status.js";
import { createStrip, drawStrip } from "./strip.js";

const ORDERS = {
  name: "Photographs in the order of their names.",
  unsure: "What the tracker is least sure of comes first.",
  disagreement: "Where the passes differ most comes first.",
};

function createButtons() {
  document.addEventListener("click", (event) => {
    const run = event.target.closest("[data-run]")?.dataset.run;
    if (run) void COMMANDS[run]();
  });
  // The address says which photograph is shown, so a link must not change it.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("stage").focus();
  });
  // A button pressed with the pointer must not catch the next Enter.
  document.addEventListener("mousedown", (event) => {
    if (!event.target.closest("button") || event.target.closest("dialog")) return;
    event.preventDefault();
    $("stage").focus({ preventScroll: true });
  });
  $("orders").addEventListener("click", (event) => {
    const order = event.target.closest("[data-order]")?.dataset.order;
    if (!order) return;
    photographs.setOrder(order);
    say(ORDERS[order]);
    changed();
  });
}

function createLeaving() {
  window.addEventListener("beforeunload", (event) => {
    commitMoving();
    if (saving.status().waiting > 0) event.preventDefault();
  });
  window.addEventListener("online", () => saving.retryNow());
  window.addEventListener("hashchange", () => {
    const id = Number(location.hash.slice(1));
    if (photographs.photograph(id) && id !== state.current) void go(id);
  });
}

async function start() {
  createOverlay();
  createGuide();
  createPanel();
  createStrip();
  createPicture();
  createDialogs(keyGroups());
  createButtons();
  createLeaving();
  createKeys();
  for (const draw of [
    followFile,
    drawPicture,
    drawStage,
    drawOverlay,
    drawMagnifier,
    drawStatus,
    drawSaying,
    drawGuide,
    drawPanel,
    drawReview,
    drawStrip,
  ]) {
    onDraw(draw);
  }
  createStage();
  const { folder, list } = await reading;
  state.folder = folder;
  photographs.setPhotographs(list);
  changed();
  if (list.length === 0) return;
  const wanted = Number(location.hash.slice(1));
  if (photographs.photograph(wanted)) {
    await go(wanted);
    return;
  }
  const [first] = list;
  if (first.state === "new" || first.state === "begun") {
    await go(first.id);
    return;
  }
  await go(first.id);
  if (photographs.toDoCount() > 0) await nextToDo();
}

await start();
