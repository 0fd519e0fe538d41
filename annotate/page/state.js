/** What the page shows now, apart from labels: those are saving.js's. */

import { VISIBLE } from "./landmarks.js";

const REMEMBERED = "hand-annotate";

export const state = {
  folder: null,
  /** Id of the photograph shown, and its <img> once decoded. */
  current: null,
  image: null,
  /** `modified` of its file. */
  modified: null,
  /** Why the photograph cannot be shown; null if it can or may yet. */
  failure: null,
  /** The hand worked on. One that the label does not have is begun by its first point. */
  handId: 1,
  draft: false,
  draftSide: null,
  landmark: null,
  /** Visibility that the next point placed will have. */
  nextVisibility: VISIBLE,
  lastPlaced: null,
  /** What Enter has asked about already. */
  asked: null,
  /** Keyboard-driven cursor in pixels of the photograph; null while the pointer is used. */
  cursor: null,
  /** Pointer on the stage in CSS pixels; null when it is elsewhere. */
  pointer: null,
  hover: null,
  /** Points on the move that are not an edit yet: {handId, indices, dx, dy}. */
  moving: null,
  stage: { width: 1, height: 1 },
  view: { scale: 1, x: 0, y: 0 },
  fitted: true,
  /** Whether Z has zoomed to the hand: the next hand and photograph are then shown so, too. */
  followsHand: false,
  skeletonShown: true,
  otherShown: false,
  other: null,
  settings: { magnifier: true, brightness: 1, contrast: 1, letters: true, ...remembered() },
};

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
  } catch {
    return {};
  }
}

export function setSetting(name, value) {
  state.settings[name] = value;
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(state.settings));
  } catch {
    // Without storage the setting lasts until the page is closed.
  }
  changed();
}

const drawers = [];
let scheduled = false;

/** `draw` runs once before the next frame after anything changed. */
export const onDraw = (draw) => drawers.push(draw);

export function changed() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const draw of drawers) draw();
  });
}
