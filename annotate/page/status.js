/** The bar above, the line below, and what stands on the stage instead of a photograph. */

import { saving, size } from "./current.js";
import { $, element, setAttribute, setText } from "./dom.js";
import { retry } from "./going.js";
import { place } from "./moving.js";
import * as photographs from "./photographs.js";
import { state } from "./state.js";
import { toPhotograph } from "./view.js";

const number = (value) => value.toLocaleString("en-GB");

export function drawStatus() {
  drawHeader();
  drawNotice();
  drawSaved();
  drawPixel();
}

function drawHeader() {
  const entry = photographs.photograph(state.current);
  const total = photographs.photographs().length;
  const labelled = total - photographs.toDoCount() - photographs.countOf("unreadable");
  const possible = total - photographs.countOf("unreadable");
  setText($("folder"), state.folder?.name ?? "");
  const path = entry?.path ?? "";
  const name = path.slice(path.lastIndexOf("/") + 1);
  setText($("path-folder"), path.slice(0, path.length - name.length));
  setText($("path-name"), name);
  setAttribute($("path"), "title", path);
  const position = photographs.placeOf(state.current) + 1;
  setText($("position"), total ? `${number(position)} / ${number(total)}` : "");
  const all = possible > 0 && labelled === possible;
  setText(
    $("progress-text"),
    possible === 0 ? "" : all ? "all labelled" : `${number(labelled)} labelled`,
  );
  $("progress").hidden = possible === 0;
  $("progress").firstElementChild.style.width = `${possible ? (100 * labelled) / possible : 0}%`;
  setAttribute($("progress"), "aria-label", `${labelled} of ${possible} labelled`);
  $("progress").classList.toggle("all", all);
  document.title = entry ? `${entry.path} · ${state.folder?.name ?? ""}` : "Hands";
  for (const button of $("orders").children) {
    const on = button.dataset.order === photographs.order;
    setAttribute(button, "aria-pressed", on ? "true" : "false");
    if (button.dataset.order === "disagreement") button.hidden = !state.folder?.other;
  }
  setText($("zoom"), state.image ? `${Math.round(state.view.scale * 100)} %` : "");
  setAttribute($("stage"), "aria-label", entry ? `Photograph ${entry.path}` : "Photograph");
}

let noticeDrawn = "";
let slow = 0;

function drawNotice() {
  const { kind, title, text, again } = notice();
  const drawn = JSON.stringify([kind, title, text, again]);
  if (drawn === noticeDrawn) return;
  noticeDrawn = drawn;
  const box = $("notice");
  box.hidden = kind === "";
  box.className = `notice ${kind}`;
  box.replaceChildren(element("b", {}, title), element("span", {}, text));
  if (again) {
    const button = element("button", { type: "button", class: "plain" }, "Try again");
    button.addEventListener("click", retry);
    box.append(button);
  }
  clearTimeout(slow);
  // Flashes of "loading" are worse than a moment of nothing.
  box.classList.toggle("waiting", kind === "loading");
  if (kind === "loading") slow = setTimeout(() => box.classList.remove("waiting"), 300);
}

function notice() {
  const none = { kind: "", title: "", text: "", again: false };
  if (state.image) return none;
  if (!state.folder) return { ...none, kind: "loading", title: "Loading…" };
  if (photographs.photographs().length === 0) {
    return {
      ...none,
      kind: "empty",
      title: "No photographs here",
      text:
        `Put .jpg, .png, .webp or .bmp files into “${state.folder.name}” ` +
        "or folders below it, then start the server again.",
    };
  }
  if (state.failure) {
    return {
      kind: "failed",
      title: "This photograph cannot be shown",
      text: state.failure.text,
      again: state.failure.mayMend,
    };
  }
  return { ...none, kind: "loading", title: "Loading…" };
}

function drawSaved() {
  const { waiting, asking, problem } = saving.status();
  const count = waiting + (state.moving ? 1 : 0);
  const edits = `${count} edit${count === 1 ? "" : "s"}`;
  const [kind, text] = problem
    ? [
        "offline",
        problem.offline
          ? `Offline: ${edits} not saved. Try now`
          : `Not saved (${problem.message}): ${edits}. Try now`,
      ]
    : count > 0
      ? ["saving", `Saving ${edits}…`]
      : asking === "prelabel"
        ? ["saving", "The tracker is looking…"]
        : ["kept", "Saved"];
  const button = $("saved");
  setText(button, state.folder ? text : "");
  setAttribute(button, "title", problem ? text : null);
  setAttribute(button, "class", `saved ${kind}`);
  button.disabled = kind !== "offline";
}

function drawPixel() {
  const { pointer, image, view, cursor } = state;
  const spot = cursor
    ? [cursor.x, cursor.y]
    : image && pointer
      ? toPhotograph(view, pointer.x, pointer.y)
      : null;
  const { width, height } = size();
  const measure = image ? `${width} × ${height}` : "";
  const here = spot ? `${place(...spot)} · ` : "";
  setText($("pixel"), here + measure);
}
