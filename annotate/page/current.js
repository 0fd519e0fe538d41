/** The photograph shown: its label as a person sees it, and what of it is selected. */

import * as api from "./api.js";
import { handOf, freeId, movePoints, nextUnplaced, stateOf } from "./label.js";
import { VISIBLE } from "./landmarks.js";
import { photograph, setState } from "./photographs.js";
import { createSaving } from "./saving.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";

export const saving = createSaving(api, { changed: labelChanged, say });

function labelChanged(id) {
  const detail = saving.detail(id);
  const entry = photograph(id);
  if (detail && entry) {
    const known = stateOf(saving.label(id));
    // Of another size than when it was labelled: to be looked at again.
    const again = detail.labelled_size && known !== "new";
    setState(id, detail.problem ? "unreadable" : again ? "begun" : known);
    entry.unsure = detail.unsure ?? entry.unsure;
  }
  if (id === state.current) settleSelection();
  changed();
}

/** Whether the photograph is on the stage and can be labelled. */
export const isReady = () => state.image !== null && saving.label(state.current) !== null;

/** Size of the upright photograph in pixels, as the server measured it. */
export function size() {
  const detail = saving.detail(state.current);
  return {
    width: detail?.width ?? state.image?.naturalWidth ?? 1,
    height: detail?.height ?? state.image?.naturalHeight ?? 1,
  };
}

/** The label with points on the move where they are just now; null while none is known. */
export function shownLabel() {
  const label = state.current === null ? null : saving.label(state.current);
  const { moving } = state;
  if (!label || !moving) return label;
  return movePoints(moving.handId, moving.indices, moving.dx, moving.dy, size())(label);
}

export function selectedHand() {
  const label = shownLabel();
  return label && handOf(label, state.handId);
}

export const selectedPoint = () =>
  state.landmark === null ? null : (selectedHand()?.points[state.landmark] ?? null);

/** The landmark that a click places: the selected one, or else the next one missing. */
export function toPlace() {
  const label = shownLabel();
  if (!label || (label.no_hand && !state.draft)) return null;
  const hand = handOf(label, state.handId);
  if (!hand && label.hands.length > 0 && !state.draft) return null;
  return nextUnplaced(hand, state.landmark ?? 0);
}

export function select(handId, landmark) {
  if (handId !== state.handId || landmark !== state.landmark) state.nextVisibility = VISIBLE;
  state.handId = handId;
  state.landmark = landmark;
  state.cursor = null;
  changed();
}

/** The first hand with its first missing landmark; where there is no hand, one to begin. */
export function selectFirst() {
  const label = saving.label(state.current);
  const hand = label?.hands[0] ?? null;
  state.draft = false;
  state.draftSide = null;
  state.lastPlaced = null;
  select(hand?.id ?? 1, hand ? nextUnplaced(hand) : 0);
}

/** After the label became another one: what is selected may be gone. */
function settleSelection() {
  const label = saving.label(state.current);
  if (!label) return;
  if (handOf(label, state.handId)) {
    state.draft = false;
  } else if (state.draft) {
    state.handId = freeId(label);
  } else {
    selectFirst();
  }
}
