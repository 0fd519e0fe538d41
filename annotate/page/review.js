/** Two passes compared: the other one's points over this one's, the worst photographs first. */

import { $, setAttribute, setText } from "./dom.js";
import { go, loadOther } from "./going.js";
import * as photographs from "./photographs.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";

export function showOther() {
  if (!state.folder?.other) {
    return say("There is no other pass: start the server with --compare FILE.");
  }
  state.otherShown = !state.otherShown;
  say(state.otherShown ? `The other pass (${state.folder.other}) is shown.` : "Other pass hidden.");
  changed();
  return state.otherShown && !state.other ? loadOther() : undefined;
}

/** The next in the order of disagreement, from the one shown on. */
export function nextWorst() {
  if (!state.folder?.other) return showOther();
  state.otherShown = true;
  const fresh = photographs.order !== "disagreement";
  if (fresh) photographs.setOrder("disagreement");
  const list = photographs.photographs();
  const place = fresh ? 0 : photographs.placeOf(state.current) + 1;
  const entry = list[place];
  if (!entry || (entry.disagreement ?? 0) <= 0) return say("No further photograph differs.");
  return go(entry.id);
}

export function drawReview() {
  const { other, folder, otherShown } = state;
  $("review").hidden = !folder?.other || !(otherShown || photographs.order === "disagreement");
  if ($("review").hidden) return;
  setText($("review-text"), described(other, otherShown));
  setText($("review-show"), otherShown ? "Hide other pass" : "Show other pass");
  setAttribute($("review-show"), "aria-pressed", otherShown ? "true" : "false");
}

function described(other, isShown) {
  const entry = photographs.photograph(state.current);
  const value = other?.disagreement ?? entry?.disagreement ?? null;
  if (isShown && other && !other.label) return "The other pass has no label here";
  if (value === null) return "Labelled in one pass only";
  return `Passes differ by ${Math.round(100 * value)} % of a palm`;
}

