/**
 * Pointers on the stage: what is dragged, panned, pinched or tapped.
 *
 * A press becomes a drag only after some pixels, so that a click never moves anything. Which points
 * a drag moves is settled when it starts: one; with Shift the hand; with Alt the finger.
 */

import { cycleVisibility, placeAt } from "./acts.js";
import { isReady, select, size, toPlace } from "./current.js";
import { $ } from "./dom.js";
import { cancelMoving, commitMoving, EVERY, fingerPoints, moveTo, startMoving } from "./moving.js";
import { NAMES } from "./landmarks.js";
import { pointAt } from "./overlay.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";
import { fit, panned, toPhotograph, zoomed } from "./view.js";

const REACH = { mouse: 11, pen: 14, touch: 26 };
/** While points are being placed, one beside another must be possible. */
const REACH_PLACING = { mouse: 6, pen: 8, touch: 14 };
const STARTS_DRAG = { mouse: 3, pen: 5, touch: 8 };
const LEFT = 0;
const MIDDLE = 1;
const RIGHT = 2;

const pointers = new Map(); // id → last place
let gesture = null; // {kind: press | drag | pan | pinch | over, …}

export function createStage() {
  const stage = $("stage");
  stage.addEventListener("pointerdown", pressed);
  stage.addEventListener("pointermove", moved);
  stage.addEventListener("pointerup", released);
  stage.addEventListener("pointercancel", cancelled);
  stage.addEventListener("pointerleave", left);
  stage.addEventListener("wheel", wheeled, { passive: false });
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  new ResizeObserver(resized).observe(stage);
  resized();
}

function resized() {
  const { clientWidth, clientHeight } = $("stage");
  const before = state.stage;
  state.stage = { width: Math.max(clientWidth, 1), height: Math.max(clientHeight, 1) };
  if (state.image && state.fitted) {
    state.view = fit(size(), state.stage);
  } else if (state.image) {
    const dx = (state.stage.width - before.width) / 2;
    const dy = (state.stage.height - before.height) / 2;
    state.view = panned(state.view, dx, dy, size(), state.stage);
  }
  changed();
}

function spot(event) {
  const box = $("stage").getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

const onControl = (event) => event.target.closest?.("button, a, .notice, .review, .zoom");

function pressed(event) {
  if (onControl(event)) return;
  const here = spot(event);
  pointers.set(event.pointerId, here);
  $("stage").focus({ preventScroll: true });
  $("stage").setPointerCapture(event.pointerId);
  if (pointers.size === 2 && isReady()) return startPinch();
  if (gesture || !isReady()) return undefined;
  const type = event.pointerType;
  state.cursor = null;
  // With Ctrl a point is placed even on top of another.
  const hit = event.ctrlKey ? null : pointAt(here.x, here.y, REACH[type] ?? REACH.mouse);
  if (event.button === RIGHT) {
    if (hit) {
      select(hit.handId, hit.index);
      cycleVisibility(hit.handId, hit.index);
    }
    return undefined;
  }
  const kind = event.button === MIDDLE ? "pan" : event.button === LEFT ? "press" : "over";
  const { shiftKey: whole, altKey: finger } = event;
  const again = event.ctrlKey;
  gesture = { kind, hit, start: here, last: here, type, whole, finger, again };
  track(event, here);
  return undefined;
}

function moved(event) {
  const here = spot(event);
  if (pointers.has(event.pointerId)) pointers.set(event.pointerId, here);
  if (gesture?.kind === "pinch") return pinch();
  if (!gesture) {
    const placing = toPlace() !== null;
    const reach = placing ? REACH_PLACING : REACH;
    state.hover = onControl(event) ? null : pointAt(here.x, here.y, reach[event.pointerType] ?? 11);
    track(event, onControl(event) ? null : here);
    return undefined;
  }
  const distance = Math.hypot(here.x - gesture.start.x, here.y - gesture.start.y);
  if (gesture.kind === "press" && distance > (STARTS_DRAG[gesture.type] ?? 3)) startDrag();
  if (gesture.kind === "drag") {
    const { scale } = state.view;
    moveTo((here.x - gesture.start.x) / scale, (here.y - gesture.start.y) / scale);
  }
  if (gesture.kind === "pan") {
    look(panned(state.view, here.x - gesture.last.x, here.y - gesture.last.y, size(), state.stage));
  }
  gesture.last = here;
  track(event, here);
  return undefined;
}

/** The pointer's place, for the magnifier and the name beside it. A finger hides what it is on. */
function track(event, here) {
  state.pointer = here && { ...here, touch: event.pointerType === "touch" };
  changed();
}

function startDrag() {
  const { hit, whole, finger } = gesture;
  if (!hit) {
    gesture.kind = "pan";
    return;
  }
  gesture.kind = "drag";
  select(hit.handId, hit.index);
  const points = whole ? EVERY : finger ? fingerPoints(hit.index) : [hit.index];
  startMoving(hit.handId, points);
  state.hover = hit;
}

function released(event) {
  const here = spot(event);
  pointers.delete(event.pointerId);
  if (!gesture) return;
  const { kind } = gesture;
  if (kind === "pinch" || kind === "over") {
    // The finger that stays longer must not drag or place anything.
    gesture = pointers.size > 0 ? { kind: "over" } : null;
  } else {
    const done = gesture;
    gesture = null;
    if (kind === "drag") commitMoving();
    if (kind === "press") clicked(done, here);
  }
  if (event.pointerType === "touch") Object.assign(state, { pointer: null, hover: null });
  changed();
}

function clicked({ hit, type, again }, { x, y }) {
  const placing = toPlace() !== null;
  const near = hit && pointAt(x, y, (placing ? REACH_PLACING : REACH)[type] ?? REACH.mouse);
  if (near) {
    select(near.handId, near.index);
    say(`${NAMES[near.index]} of hand ${near.handId} is selected.`);
  } else if (!hit || placing) {
    placeAt(...toPhotograph(state.view, x, y), again);
  }
}

function cancelled(event) {
  pointers.delete(event.pointerId);
  stopGesture();
  gesture = pointers.size > 0 ? { kind: "over" } : null;
}

/** Let go of what is dragged; the points go back. True if there was something. */
export function stopGesture() {
  if (!gesture) return false;
  if (gesture.kind === "drag") cancelMoving();
  gesture = { kind: "over" };
  state.hover = null;
  return true;
}

function left() {
  if (gesture) return;
  state.pointer = null;
  state.hover = null;
  changed();
}

function startPinch() {
  if (gesture?.kind === "drag") cancelMoving();
  gesture = { kind: "pinch", ...span() };
  state.pointer = null;
  changed();
}

function span() {
  const [one, two] = [...pointers.values()];
  return {
    middle: { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 },
    length: Math.max(Math.hypot(one.x - two.x, one.y - two.y), 10),
  };
}

function pinch() {
  const now = span();
  const { middle, length } = gesture;
  const shifted = panned(
    state.view,
    now.middle.x - middle.x,
    now.middle.y - middle.y,
    size(),
    state.stage,
  );
  const factor = now.length / length;
  look(zoomed(shifted, factor, now.middle.x, now.middle.y, size(), state.stage));
  Object.assign(gesture, now);
}

function wheeled(event) {
  event.preventDefault();
  // What is dragged would jump away from the pointer.
  if (!isReady() || gesture?.kind === "drag") return;
  const { x, y } = spot(event);
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
  // A pinch on a touchpad arrives as small steps with Ctrl.
  const speed = event.ctrlKey ? 0.012 : 0.0022;
  const change = Math.max(-120, Math.min(120, event.deltaY * lines));
  zoomAt(Math.exp(-change * speed), x, y);
}

export function zoomAt(factor, x = state.stage.width / 2, y = state.stage.height / 2) {
  if (!isReady()) return;
  look(zoomed(state.view, factor, x, y, size(), state.stage));
}

export function look(view, fitted = false) {
  state.view = view;
  state.fitted = fitted;
  changed();
}

/** The pointer's shape says what a press would do. */
export function drawStage() {
  const classes = $("stage").classList;
  classes.toggle("panning", gesture?.kind === "pan" || gesture?.kind === "drag");
  classes.toggle("on-point", state.hover !== null);
  classes.toggle("grab", state.image === null || toPlace() === null);
}
