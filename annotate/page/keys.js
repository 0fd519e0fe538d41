/** Every key and what it does; the key sheet is made from the same table. */

import * as acts from "./acts.js";
import { exports, isDialogOpen, sheet } from "./dialogs.js";
import * as going from "./going.js";
import * as keyboard from "./keyboard.js";
import { HIDDEN, OUTSIDE, VISIBLE } from "./landmarks.js";
import { cancelMoving } from "./moving.js";
import * as picture from "./picture.js";
import * as review from "./review.js";
import { saving } from "./current.js";
import { say } from "./saying.js";
import { stopGesture } from "./stage.js";
import { changed, state } from "./state.js";

/** What buttons with `data-run` do. */
export const COMMANDS = {
  undo: () => acts.goBack("undo"),
  redo: () => acts.goBack("redo"),
  exports,
  sheet,
  newHand: acts.newHand,
  noHand: acts.noHand,
  mirror: acts.mirror,
  track: acts.track,
  interpolate: acts.interpolate,
  copyPrevious: acts.copyPrevious,
  nextToDo: going.nextToDo,
  confirm: going.confirm,
  resetPicture: picture.resetPicture,
  magnifier: picture.magnifier,
  zoomIn: keyboard.zoomIn,
  zoomOut: keyboard.zoomOut,
  zoomHand: keyboard.zoomHand,
  showOther: review.showOther,
  nextWorst: review.nextWorst,
  retry: () => saving.retryNow(),
};

const REPEATS = { repeats: true };
const UNSEEN = { unseen: true };

/** [group, keys, what it does, run, options]; a key is "Ctrl+Shift+Alt+" and a name. */
const TABLE = [
  ["Photographs", "Enter", "Confirm all points, next photograph", going.confirm],
  ["Photographs", "D PageDown", "Next photograph", going.next, REPEATS],
  ["Photographs", "A PageUp", "Previous photograph", going.previous, REPEATS],
  ["Photographs", "U", "Next one that is not labelled", going.nextToDo],
  ["Photographs", "Home End", "First, last photograph"],
  ["Photographs", "Home", "", going.first, UNSEEN],
  ["Photographs", "End", "", going.last, UNSEEN],

  ["Landmarks", "W Q", "Next, previous landmark"],
  ["Landmarks", "W", "", () => keyboard.stepLandmark(1), { ...REPEATS, ...UNSEEN }],
  ["Landmarks", "Q", "", () => keyboard.stepLandmark(-1), { ...REPEATS, ...UNSEEN }],
  ["Landmarks", "0 1 2 3 4 5", "Wrist, thumb … little finger; again: its next joint"],
  ...[0, 1, 2, 3, 4, 5].map((row) => [
    "Landmarks",
    String(row),
    "",
    () => keyboard.chooseFinger(row),
    UNSEEN,
  ]),
  ["Landmarks", "Space", "Place the next one at the keyboard's cursor", keyboard.placeAtCursor],
  ["Landmarks", "← ↑ → ↓", "Move the point or the cursor by 1 pixel"],
  ["Landmarks", "Shift+← Ctrl+←", "… by 10, by 50 pixels"],
  ["Landmarks", "Alt+←", "Move the whole hand by 1 pixel"],
  ...arrows(),
  ["Landmarks", "V", "Visible", () => acts.setVisibility(VISIBLE)],
  ["Landmarks", "H", "Hidden", () => acts.setVisibility(HIDDEN)],
  ["Landmarks", "O", "Outside of the photograph", () => acts.setVisibility(OUTSIDE)],
  ["Landmarks", "Shift+V Shift+H Shift+O", "The same for the point placed last"],
  ["Landmarks", "Shift+V", "", () => acts.setVisibilityOfLast(VISIBLE), UNSEEN],
  ["Landmarks", "Shift+H", "", () => acts.setVisibilityOfLast(HIDDEN), UNSEEN],
  ["Landmarks", "Shift+O", "", () => acts.setVisibilityOfLast(OUTSIDE), UNSEEN],
  ["Landmarks", "Delete Backspace", "Take the point away", acts.removePoint],

  ["Hands", "N", "New hand", acts.newHand],
  ["Hands", "Shift+N", "Place all points of this hand anew", acts.placeAnew],
  ["Hands", "S", "Select the next hand", acts.nextHand],
  ["Hands", "L", "It is the person's left hand", () => acts.setSide("left")],
  ["Hands", "R", "It is the person's right hand", () => acts.setSide("right")],
  ["Hands", "F", "Flip the side", acts.flipSide],
  ["Hands", "Shift+F", "Fingers the other way round: index for little", acts.reverseFingers],
  ["Hands", "M", "The photograph is a mirror image", acts.mirror],
  ["Hands", "X", "No hand here", acts.noHand],
  ["Hands", "Y", "Confirm all points of this hand", acts.confirmHand],
  ["Hands", "Shift+Delete", "Remove the hand", () => acts.removeHand()],

  ["Help", "T", "Ask the tracker", acts.track],
  ["Help", "C", "Copy from the previous photograph", acts.copyPrevious],
  ["Help", "I", "Interpolate between confirmed frames", acts.interpolate],
  ["Edits", "Ctrl+Z", "Undo", COMMANDS.undo, REPEATS],
  ["Edits", "Ctrl+Shift+Z Ctrl+Y", "Redo", COMMANDS.redo, REPEATS],
  ["Photographs", "K", "Show the other pass", review.showOther],
  ["Photographs", "J", "Next one by how much the passes differ", review.nextWorst],

  ["View", "+ =", "Larger", keyboard.zoomIn, REPEATS],
  ["View", "-", "Smaller", keyboard.zoomOut, REPEATS],
  ["View", "Z", "The hand, or all of the photograph", keyboard.zoomHand],
  ["View", "G", "Magnifier on or off", picture.magnifier],
  ["View", "P", "Points shown or not", picture.peek],
  ["View", "] [", "Brighter, darker"],
  ["View", "]", "", picture.brighter, { ...REPEATS, ...UNSEEN }],
  ["View", "[", "", picture.darker, { ...REPEATS, ...UNSEEN }],
  ["View", "} {", "More, less contrast"],
  ["View", "}", "", picture.moreContrast, { ...REPEATS, ...UNSEEN }],
  ["View", "{", "", picture.lessContrast, { ...REPEATS, ...UNSEEN }],
  ["View", "/", "Brightness and contrast as in the file", picture.resetPicture],
  ["Edits", "Esc", "Let go of what is dragged; close"],
  ["Edits", "E", "Export", exports],
  ["Edits", "?", "This sheet", sheet],
  ["View", "Escape", "", letGo, UNSEEN],

  ["Pointer", "Click", "Place the next landmark; on a point: select it"],
  ["Pointer", "Ctrl+Click", "Place the chosen landmark here, even again, even on another point"],
  ["Pointer", "Drag", "A point: move it alone; elsewhere: move the photograph"],
  ["Pointer", "Shift+Drag", "Move the whole hand"],
  ["Pointer", "Alt+Drag", "Move the finger"],
  ["Pointer", "Right-click", "Visible, hidden, outside in turn"],
  ["Pointer", "Wheel", "Larger, smaller"],
];

function arrows() {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const lengths = { "": 1, "Shift+": 10, "Ctrl+": 50 };
  const rows = Object.entries(steps).flatMap(([key, [dx, dy]]) => [
    ...Object.entries(lengths).map(([held, length]) => [
      held + key,
      () => keyboard.arrow(dx * length, dy * length),
    ]),
    [`Alt+${key}`, () => keyboard.arrow(dx, dy, true)],
  ]);
  return rows.map(([keys, run]) => ["Landmarks", keys, "", run, { ...REPEATS, ...UNSEEN }]);
}

function letGo() {
  if (!stopGesture()) cancelMoving();
  state.cursor = null;
  say("");
  changed();
}

const bound = new Map(); // "ctrl+z" → {run, repeats}
for (const [, keys, , run, options] of TABLE) {
  if (!run) continue;
  for (const key of keys.split(" ")) bound.set(key.toLowerCase(), { run, ...options });
}

/** Rows of the key sheet by group. */
export function keyGroups() {
  const groups = new Map();
  for (const [group, keys, what, , options] of TABLE) {
    if (options?.unseen) continue;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push({ keys, what });
  }
  return groups;
}

export function createKeys() {
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.isComposing || event.defaultPrevented || isTyping(event.target)) return;
  if (isDialogOpen()) {
    if (event.key === "?" && document.querySelector("#keys[open]")) sheet();
    return;
  }
  const found = names(event).find((name) => bound.has(name));
  if (!found || isOfControl(event)) return;
  const isCharacter = /^(shift\+)?.$/.test(found) && found !== "?";
  if (isCharacter && !state.settings.letters) return;
  const { run, repeats } = bound.get(found);
  event.preventDefault();
  if (!event.repeat || repeats) void run();
}

/** Names of the key pressed: as the layout has it, else as its place on the keyboard has. */
function names(event) {
  const held = `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}`;
  const alt = event.altKey ? "alt+" : "";
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const isSymbol = key.length === 1 && key === key.toUpperCase() && !/\d/.test(key);
  // Shift is part of how a symbol is typed, and no part of its name.
  const shift = event.shiftKey && !isSymbol ? "shift+" : "";
  const name = `${held}${shift}${alt}${key}`;
  // Letters of other alphabets and digits behind Shift are known by their place.
  if (/^[a-z0-9]$/.test(key)) return [name];
  const code = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  return [name, `${held}${event.shiftKey ? "shift+" : ""}${alt}${code}`];
}

const isTyping = (target) =>
  target.isContentEditable ||
  target.matches?.("textarea, select, input:not([type=range], [type=checkbox])");

/** Keys that the focused control has a use for are its own. */
function isOfControl({ key, target }) {
  const isControl = target.matches?.("button, a, input, summary");
  if (!isControl) return false;
  if (["Enter", " "].includes(key)) return true;
  return target.type === "range" && /^(Arrow|Home|End|Page)/.test(key);
}
