/** The panel: landmarks, visibility, hands and the state of its buttons. */

import { chooseHand, removeHand, setSide, setVisibility } from "./acts.js";
import { saving, select, selectedHand, selectedPoint, shownLabel, toPlace } from "./current.js";
import { $, element, setAttribute, setText } from "./dom.js";
import { placedCount, unconfirmedCount } from "./label.js";
import { COUNT, FINGERS, HIDDEN, NAMES, OUTSIDE, VISIBILITIES } from "./landmarks.js";
import { commitMoving } from "./moving.js";
import { state } from "./state.js";

let chips = [];
let handsDrawn = "";

export function createPanel() {
  chips = [];
  for (const finger of FINGERS) {
    const row = finger.points.map((point, number) => {
      const chip = element(
        "button",
        { type: "button", class: `chip ${finger.colour}`, tabIndex: -1 },
        element("i", { class: "mark" }),
        finger.joints[number] === finger.name ? "at the crease" : finger.joints[number],
      );
      chip.addEventListener("click", () => choose(point));
      chips[point] = chip;
      return chip;
    });
    $("chips").append(element("span", { class: "finger" }, finger.name), ...row);
  }
  $("chips").addEventListener("keydown", stepped);
  for (const button of $("visibilities").children) {
    button.addEventListener("click", () => setVisibility(Number(button.dataset.visibility)));
  }
}

function choose(point) {
  commitMoving();
  select(state.handId, point);
}

/** Arrow keys go from landmark to landmark while one of them has the focus. */
function stepped(event) {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const now = chips.indexOf(document.activeElement);
  const next = (now + step + COUNT) % COUNT;
  choose(next);
  chips[next].focus();
}

export function drawPanel() {
  drawChips();
  drawHands();
  const label = shownLabel();
  const detail = saving.detail(state.current);
  const ready = state.image !== null;
  const visibility = selectedPoint()?.visibility ?? (ready ? state.nextVisibility : null);
  const nothing = !selectedPoint() && toPlace() === null;
  for (const button of $("visibilities").children) {
    const on = Number(button.dataset.visibility) === visibility && !nothing;
    setAttribute(button, "aria-pressed", on ? "true" : "false");
    button.disabled = nothing;
  }
  setAttribute($("no-hand"), "aria-pressed", label?.no_hand ? "true" : "false");
  setAttribute($("mirror"), "aria-pressed", label?.mirrored ? "true" : "false");
  $("undo").disabled = !(detail?.can_undo || saving.waits(state.current));
  $("redo").disabled = !detail?.can_redo || saving.waits(state.current);
  for (const button of document.querySelectorAll(".panel .needs-photograph")) {
    button.disabled = !ready || (button.id === "track" && !state.folder?.tracker);
  }
  const confirmed = Boolean(label?.done && !(label?.hands ?? []).some(unconfirmedCount));
  $("confirm").classList.toggle("done", confirmed);
  const word = state.failure ? "Next" : confirmed ? "Confirmed: next" : "Confirm and next";
  setText($("confirm").firstElementChild, word);
}

function drawChips() {
  const hand = selectedHand();
  const next = state.image ? toPlace() : null;
  chips.forEach((chip, number) => {
    const point = hand?.points[number] ?? null;
    const chosen = number === state.landmark && point !== null;
    const classes = ["chip", FINGERS[number === 0 ? 0 : 1 + Math.floor((number - 1) / 4)].colour];
    if (point) classes.push("placed");
    if (point && !point.confirmed) classes.push("guess");
    if (chosen) classes.push("chosen");
    if (!chosen && number === next) classes.push("upcoming");
    setAttribute(chip, "class", classes.join(" "));
    setAttribute(chip.firstElementChild, "class", `mark ${markOf(point)}`);
    setAttribute(chip, "aria-pressed", number === state.landmark ? "true" : "false");
    setAttribute(chip, "aria-label", `${NAMES[number]}: ${spoken(point)}`);
    chip.disabled = !state.image;
    const focused = number === (state.landmark ?? next ?? 0);
    if (chip.tabIndex !== (focused ? 0 : -1)) chip.tabIndex = focused ? 0 : -1;
  });
}

function markOf(point) {
  if (!point) return "missing";
  if (point.visibility === OUTSIDE) return "outside";
  return point.visibility === HIDDEN ? "hidden-point" : "visible";
}

function spoken(point) {
  if (!point) return "not placed";
  return `${VISIBILITIES[point.visibility]}${point.confirmed ? "" : ", not confirmed"}`;
}

/** Rows are made anew only when what they say changes, so that focus and clicks are not lost. */
function drawHands() {
  const label = shownLabel();
  const rows = (label?.hands ?? []).map((hand) => ({
    id: hand.id,
    side: hand.side ?? null,
    placed: placedCount(hand),
    guesses: unconfirmedCount(hand),
  }));
  const draft = state.image && !rows.some(({ id }) => id === state.handId);
  if (draft && !label?.no_hand && (state.draft || rows.length === 0)) {
    rows.push({ id: state.handId, side: state.draftSide, placed: 0, guesses: 0 });
  }
  const drawn = JSON.stringify([rows, state.handId, state.current]);
  if (drawn === handsDrawn) return;
  handsDrawn = drawn;
  const focus = document.activeElement?.dataset?.focus;
  $("hands").replaceChildren(...rows.map(handRow));
  if (focus) $("hands").querySelector(`[data-focus="${focus}"]`)?.focus();
}

function handRow({ id, side, placed, guesses }) {
  const count = guesses > 0 ? `${guesses} to confirm` : `${placed} of ${COUNT}`;
  const choice = button(`choose-${id}`, "choose", () => chooseHand(id));
  choice.append(
    element("b", {}, `Hand ${id}`),
    element("span", { class: `number ${guesses ? "guess" : ""}` }, count),
  );
  setAttribute(choice, "aria-pressed", id === state.handId ? "true" : "false");
  const sides = element("div", {
    class: `segments ${side ? "" : "asked"}`,
    role: "group",
    "aria-label": `Side of hand ${id}`,
  });
  for (const name of ["left", "right"]) {
    const one = button(`${name}-${id}`, "", () => setSide(name, id));
    one.append(name === "left" ? "Left" : "Right");
    setAttribute(one, "aria-pressed", side === name ? "true" : "false");
    one.title = name === "left" ? "The person's left hand (L)" : "The person's right hand (R)";
    sides.append(one);
  }
  const away = button(`away-${id}`, "icon", () => removeHand(id));
  away.append("×");
  setAttribute(away, "aria-label", `Remove hand ${id}`);
  away.title = "Remove this hand (Shift+Delete)";
  const selected = id === state.handId ? "selected" : "";
  return element("div", { class: `hand-row ${selected}` }, choice, sides, away);
}

function button(focus, kind, run) {
  const made = element("button", { type: "button", class: kind, "data-focus": focus });
  made.addEventListener("click", run);
  return made;
}
