/** The skeletons over the photograph: SVG in screen pixels, so points keep their size. */

import { selectedPoint, shownLabel, toPlace } from "./current.js";
import { $, setAttribute, setText, shape } from "./dom.js";
import { BONES, FINGERS, FINGER_OF, HIDDEN, NAMES, OUTSIDE } from "./landmarks.js";
import { state } from "./state.js";
import { toScreen } from "./view.js";

/** Pixels on the screen below which a hand is drawn with smaller points. */
const SMALL = 170;

const drawn = new Map(); // key → the elements of one hand
let layers = null;

export function createOverlay() {
  const others = shape("g", { class: "other" });
  const hands = shape("g");
  const cursor = shape(
    "g",
    { class: "cursor" },
    shape("path", { d: "M-22 0H-5M5 0H22M0-22V-5M0 5V22", class: "halo" }),
    shape("path", { d: "M-22 0H-5M5 0H22M0-22V-5M0 5V22" }),
    shape("circle", { r: 2 }),
  );
  const ghost = shape("g", { class: "ghost" }, shape("circle", { r: 4 }), tag("start"));
  layers = { others, hands, cursor, ghost };
  $("overlay").append(others, hands, ghost, cursor);
}

/** A word over the photograph: its outline keeps it legible on any ground. */
function tag(anchor) {
  return shape("text", { class: "tag", "text-anchor": anchor });
}

export function drawOverlay() {
  const label = state.image && state.skeletonShown ? shownLabel() : null;
  const used = new Set();
  for (const hand of label?.hands ?? []) used.add(drawHand(hand, "", layers.hands));
  const others = state.image && state.otherShown ? (state.other?.label?.hands ?? []) : [];
  for (const hand of others) used.add(drawHand(hand, "other", layers.others));
  for (const [key, { group }] of drawn) {
    if (used.has(key)) continue;
    group.remove();
    drawn.delete(key);
  }
  drawCursor();
}

function drawHand(hand, kind, layer) {
  const key = `${kind}${hand.id}`;
  if (!drawn.has(key)) drawn.set(key, createHand(layer));
  const { group, bones, joints, name } = drawn.get(key);
  const selected = kind === "" && hand.id === state.handId;
  const places = hand.points.map((point) => point && toScreen(state.view, point.x, point.y));
  const small = extent(places.filter(Boolean)) < SMALL ? "small" : "";
  setAttribute(group, "class", `hand ${selected ? "selected" : ""} ${small}`);
  BONES.forEach(([from, to], number) => {
    const [start, end] = [places[from], places[to]];
    const { under, over } = bones[number];
    const path = start && end ? `M${at(start)}L${at(end)}` : null;
    setAttribute(under, "d", path);
    setAttribute(over, "d", path);
    const sure = path && hand.points[from].confirmed && hand.points[to].confirmed;
    over.classList.toggle("guess", !sure);
  });
  hand.points.forEach((point, number) =>
    drawPoint(joints[number], point, places[number], hand, kind),
  );
  const wrist = places[0] ?? places.find(Boolean);
  setText(name, `${hand.id} ${hand.side ?? "side?"}`);
  if (wrist) setAttribute(name, "transform", `translate(${wrist[0]} ${wrist[1] + 26})`);
  setAttribute(name, "visibility", wrist && kind === "" ? null : "hidden");
  return key;
}

function extent(places) {
  const across = (axis) => {
    const values = places.map((place) => place[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return places.length < 2 ? SMALL : Math.max(across(0), across(1));
}

function drawPoint(joint, point, place, hand, kind) {
  setAttribute(joint, "visibility", point ? null : "hidden");
  if (!point) return;
  const { hover, handId, landmark, moving } = state;
  const number = Number(joint.dataset.point);
  const mine = kind === "";
  const names = ["joint", FINGERS[FINGER_OF[number]].colour];
  if (point.visibility === HIDDEN) names.push("hidden-point");
  if (point.visibility === OUTSIDE) names.push("outside");
  if (!point.confirmed && mine) names.push("guess");
  if (mine && handId === hand.id && landmark === number) names.push("chosen");
  if (mine && hover?.handId === hand.id && hover.index === number) names.push("hovered");
  if (mine && moving?.handId === hand.id && moving.indices.includes(number)) names.push("moving");
  setAttribute(joint, "class", names.join(" "));
  setAttribute(joint, "transform", `translate(${at(place)})`);
}

const at = ([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`;

function createHand(layer) {
  const bones = BONES.map(([, to]) => ({
    under: shape("path", { class: "bone under" }),
    over: shape("path", { class: `bone ${FINGERS[FINGER_OF[to]].colour}` }),
  }));
  const joints = NAMES.map((_, point) =>
    shape(
      "g",
      { "data-point": point },
      shape("circle", { class: "ring shade", r: 11 }),
      shape("circle", { class: "ring", r: 9 }),
      shape("circle", { class: "halo", r: 5 }),
      shape("circle", { class: "dot", r: 4.5 }),
      shape("path", { class: "cross halo", d: "M-5-5 5 5M5-5-5 5" }),
      shape("path", { class: "cross", d: "M-5-5 5 5M5-5-5 5" }),
    ),
  );
  const name = tag("middle");
  const group = shape(
    "g",
    {},
    ...bones.map(({ under }) => under),
    ...bones.map(({ over }) => over),
    name,
    ...joints,
  );
  layer.append(group);
  return { group, bones, joints, name };
}

/** Where the next point would go, and which one that is. */
function drawCursor() {
  const { cursor, ghost } = layers;
  const next = state.image && state.skeletonShown ? toPlace() : null;
  const byKeys = next !== null && state.cursor !== null;
  const byPointer = next !== null && !byKeys && state.pointer && !state.hover && !state.moving;
  setAttribute(cursor, "visibility", byKeys ? null : "hidden");
  setAttribute(ghost, "visibility", byKeys || byPointer ? null : "hidden");
  if (!byKeys && !byPointer) return;
  const spot = byKeys
    ? toScreen(state.view, state.cursor.x, state.cursor.y)
    : [state.pointer.x, state.pointer.y];
  setAttribute(cursor, "transform", `translate(${at(spot)})`);
  setAttribute(ghost, "transform", `translate(${at(spot)})`);
  const finger = FINGERS[FINGER_OF[next]].colour;
  const how = state.nextVisibility === HIDDEN ? "hidden-point" : "";
  setAttribute(ghost, "class", `ghost ${finger} ${how} ${byKeys ? "keyed" : ""}`);
  const text = ghost.lastChild;
  const word = ["outside", "hidden", ""][state.nextVisibility];
  setText(text, `${NAMES[next]}${word && ` · ${word}`}`);
  const room = state.stage.width - spot[0] > 150;
  setAttribute(text, "text-anchor", room ? "start" : "end");
  setAttribute(text, "x", room ? 14 : -14);
  setAttribute(text, "y", 26);
}

/** The placed point nearest to (x, y) on the screen within `radius` pixels, or null. */
export function pointAt(x, y, radius) {
  const label = state.skeletonShown ? shownLabel() : null;
  let found = null;
  let nearest = radius;
  for (const hand of label?.hands ?? []) {
    hand.points.forEach((point, index) => {
      if (!point) return;
      const [left, top] = toScreen(state.view, point.x, point.y);
      // Of points that lie together, the chosen one, then those of the hand worked on, win.
      const chosen = hand.id === state.handId && index === state.landmark && selectedPoint();
      const favour = chosen ? 3 : hand.id === state.handId ? 1 : 0;
      const distance = Math.hypot(left - x, top - y) - favour;
      if (distance < nearest) {
        nearest = distance;
        found = { handId: hand.id, index };
      }
    });
  }
  return found;
}
