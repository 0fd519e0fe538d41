/** Labelling without a pointer: choosing a landmark, moving it or a cursor, placing it. */

import { placeAt } from "./acts.js";
import {
  isReady,
  select,
  selectedHand,
  selectedPoint,
  shownLabel,
  size,
  toPlace,
} from "./current.js";
import { handView } from "./handview.js";
import { COUNT, FINGERS, NAMES, VISIBILITIES } from "./landmarks.js";
import { commitMoving, EVERY, nudge } from "./moving.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";
import { look, zoomAt } from "./stage.js";
import { fit, panned, showing, toPhotograph } from "./view.js";

const ZOOM = 1.3;
const PAN = 60;

export function stepLandmark(by) {
  if (!isReady()) return;
  commitMoving();
  const start = state.landmark ?? (by > 0 ? -1 : COUNT);
  chooseLandmark((start + by + COUNT) % COUNT);
}

/** The finger's first landmark; pressed again, its next. 0 is the wrist, 1 the thumb. */
export function chooseFinger(row) {
  if (!isReady()) return;
  commitMoving();
  const { points } = FINGERS[row];
  chooseLandmark(points[(points.indexOf(state.landmark) + 1) % points.length]);
}

function chooseLandmark(index) {
  select(state.handId, index);
  const point = selectedPoint();
  if (point) keepInSight(point.x, point.y);
  const visibility = point ? VISIBILITIES[point.visibility] : "not placed";
  say(`${NAMES[index]}: ${visibility}${point?.confirmed === false ? ", to confirm" : ""}.`);
}

/** An arrow key: the selected point moves, else the cursor that places, else the view. */
export function arrow(dx, dy, whole = false) {
  if (!isReady()) return;
  const point = selectedPoint();
  if (whole) {
    if (selectedHand()) nudge(state.handId, EVERY, dx, dy);
  } else if (point) {
    nudge(state.handId, [state.landmark], dx, dy);
    keepInSight(point.x + dx, point.y + dy);
  } else if (toPlace() !== null) {
    const from = state.cursor ?? cursorStart();
    state.cursor = { x: from.x + dx, y: from.y + dy };
    keepInSight(state.cursor.x, state.cursor.y);
  } else {
    look(panned(state.view, -Math.sign(dx) * PAN, -Math.sign(dy) * PAN, size(), state.stage));
  }
  changed();
}

/** Beside the point placed last, or in the middle of what is seen: a pixel's centre. */
function cursorStart() {
  const last = state.lastPlaced;
  const hand = last && shownLabel().hands.find(({ id }) => id === last.handId);
  const point = hand?.points[last.index];
  if (point && last.handId === state.handId) return { x: point.x, y: point.y };
  const middle = toPhotograph(state.view, state.stage.width / 2, state.stage.height / 2);
  return { x: Math.floor(middle[0]) + 0.5, y: Math.floor(middle[1]) + 0.5 };
}

function keepInSight(x, y) {
  const view = showing(state.view, x, y, state.stage);
  if (view.x !== state.view.x || view.y !== state.view.y) look(view);
}

export function placeAtCursor() {
  // Says why there is nothing to place, or that nothing can be placed now.
  if (!isReady() || toPlace() === null) return placeAt(0, 0);
  if (!state.cursor) {
    state.cursor = cursorStart();
    keepInSight(state.cursor.x, state.cursor.y);
    changed();
    return say(`Cursor for ${NAMES[toPlace()]}: arrow keys move it, Space places.`);
  }
  const { x, y } = state.cursor;
  placeAt(x, y);
  state.cursor = { x, y };
  return changed();
}

export const zoomIn = () => zoomAt(ZOOM, ...zoomCentre());
export const zoomOut = () => zoomAt(1 / ZOOM, ...zoomCentre());

/** Keys zoom at what is worked on: the keyboard's cursor or the pointer. */
function zoomCentre() {
  const { cursor, pointer, view } = state;
  if (cursor) return [cursor.x * view.scale + view.x, cursor.y * view.scale + view.y];
  return pointer ? [pointer.x, pointer.y] : [];
}

/** All of the photograph, or, where that is shown, the selected hand. */
export function zoomHand() {
  if (!isReady()) return;
  const close = state.fitted ? handView() : null;
  state.followsHand = close !== null;
  look(close ?? fit(size(), state.stage), close === null);
}
