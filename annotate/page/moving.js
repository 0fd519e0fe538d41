/**
 * Points on the move: shown at once, but one edit only when the drag ends or the arrow keys rest.
 */

import { saving, shownLabel, size } from "./current.js";
import { handOf, movePoints } from "./label.js";
import { FINGERS, FINGER_OF, NAMES } from "./landmarks.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";

const REST = 400;
let timer = 0;

export const EVERY = NAMES.map((_, point) => point);

export const fingerPoints = (point) => FINGERS[FINGER_OF[point]].points;

export function startMoving(handId, indices) {
  commitMoving();
  state.moving = { handId, indices, dx: 0, dy: 0, action: actionOf(handId, indices) };
}

export function moveTo(dx, dy) {
  if (!state.moving) return;
  Object.assign(state.moving, { dx, dy });
  changed();
}

/** One step of an arrow key; runs of them become one edit. */
export function nudge(handId, indices, dx, dy) {
  const { moving } = state;
  const goesOn =
    moving?.handId === handId && moving.indices.join() === indices.join() && timer !== 0;
  if (!goesOn) startMoving(handId, indices);
  moveTo(state.moving.dx + dx, state.moving.dy + dy);
  clearTimeout(timer);
  timer = setTimeout(commitMoving, REST);
}

export function cancelMoving() {
  clearTimeout(timer);
  timer = 0;
  if (!state.moving) return;
  state.moving = null;
  changed();
}

/** Make an edit of what moved. Called before anything else is done to the label. */
export function commitMoving() {
  clearTimeout(timer);
  timer = 0;
  const { moving } = state;
  if (!moving) return;
  state.moving = null;
  const { handId, indices, dx, dy, action } = moving;
  if (saving.edit(state.current, action, movePoints(handId, indices, dx, dy, size()))) {
    say(spoken(handId, indices, action));
  }
  changed();
}

function actionOf(handId, indices) {
  if (indices.length === 1) return `move ${NAMES[indices[0]]}`;
  if (indices.length === NAMES.length) return `move hand ${handId}`;
  return `move ${FINGERS[FINGER_OF[indices[0]]].name.toLowerCase()} of hand ${handId}`;
}

function spoken(handId, indices, action) {
  const moved = action.replace("move", "Moved");
  const point = handOf(shownLabel(), handId)?.points[indices[0]];
  return indices.length === 1 && point ? `${moved} to ${place(point.x, point.y)}.` : `${moved}.`;
}

export const place = (x, y) => `${x.toFixed(1)}, ${y.toFixed(1)}`;
