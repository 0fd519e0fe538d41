/** A lens beside the pointer while a point is placed or dragged: what is below it, larger. */

import { shownLabel, size, toPlace } from "./current.js";
import { $ } from "./dom.js";
import { FINGERS, FINGER_OF } from "./landmarks.js";
import { state } from "./state.js";
import { toPhotograph, toScreen } from "./view.js";

/** CSS pixels; smaller on a telephone. */
const LARGE = 168;
const SMALL = 124;
const NARROW = 600;
const AWAY = 40;
/** Screen pixels a photograph's pixel from which single pixels should be told apart. */
const CRISP = 7;

export function drawMagnifier() {
  const canvas = $("magnifier");
  const target = state.settings.magnifier && state.image ? targetOf() : null;
  canvas.hidden = target === null;
  if (!target) return;
  const ratio = window.devicePixelRatio || 1;
  const side = state.stage.width < NARROW ? SMALL : LARGE;
  if (canvas.width !== Math.round(side * ratio)) {
    canvas.width = Math.round(side * ratio);
    canvas.height = canvas.width;
    canvas.style.width = `${side}px`;
    canvas.style.height = `${side}px`;
  }
  const scale = Math.min(Math.max(state.view.scale * 2.5, 3), Math.max(24, state.view.scale * 1.5));
  paint(canvas.getContext("2d"), ratio, scale, target, side);
  const [x, y] = toScreen(state.view, ...target);
  const { width, height } = state.stage;
  const clear = AWAY + (state.pointer?.touch ? 40 : 0);
  const left = x + clear + side < width ? x + clear : Math.max(x - clear - side, 0);
  const top = y - clear - side > 0 ? y - clear - side : Math.min(y + clear, height - side);
  canvas.style.transform = `translate(${left}px, ${Math.max(top, 0)}px)`;
}

/** The photograph's pixel in the middle of the lens, or null for no lens. */
function targetOf() {
  const { moving, pointer, cursor } = state;
  if (moving?.indices.length === 1) {
    const hand = shownLabel()?.hands.find(({ id }) => id === moving.handId);
    const point = hand?.points[moving.indices[0]];
    return point ? [point.x, point.y] : null;
  }
  if (moving || toPlace() === null) return null;
  if (cursor) return [cursor.x, cursor.y];
  return pointer && !state.hover ? toPhotograph(state.view, pointer.x, pointer.y) : null;
}

function paint(context, ratio, scale, [x, y], side) {
  const { width, height } = size();
  const place = (left, top) => [(left - x) * scale + side / 2, (top - y) * scale + side / 2];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#0c0d0f";
  context.fillRect(0, 0, side, side);
  context.imageSmoothingEnabled = scale < CRISP;
  context.filter = `brightness(${state.settings.brightness}) contrast(${state.settings.contrast})`;
  context.drawImage(state.image, ...place(0, 0), width * scale, height * scale);
  context.filter = "none";
  const { moving } = state;
  for (const hand of state.skeletonShown ? (shownLabel()?.hands ?? []) : []) {
    hand.points.forEach((point, index) => {
      const dragged = moving?.handId === hand.id && moving.indices.includes(index);
      if (!point || dragged) return;
      dot(context, place(point.x, point.y), FINGERS[FINGER_OF[index]].colour);
    });
  }
  cross(context, side / 2);
}

const colours = new Map();

function colourOf(finger) {
  if (!colours.has(finger)) {
    const style = getComputedStyle(document.documentElement);
    colours.set(finger, style.getPropertyValue(`--${finger}`).trim() || "#fff");
  }
  return colours.get(finger);
}

function dot(context, [x, y], finger) {
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.lineWidth = 4;
  context.strokeStyle = "rgb(0 0 0 / 55%)";
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = colourOf(finger);
  context.stroke();
}

function cross(context, middle) {
  for (const [width, style] of [
    [3, "rgb(0 0 0 / 60%)"],
    [1, "#fff"],
  ]) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      context.moveTo(middle + 5 * dx, middle + 5 * dy);
      context.lineTo(middle + 26 * dx, middle + 26 * dy);
    }
    context.stroke();
  }
}
