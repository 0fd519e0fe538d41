/** What a person can do to the label of the photograph shown. Each is one edit, and says so. */

import {
  isReady,
  saving,
  select,
  selectFirst,
  selectedHand,
  selectedPoint,
  shownLabel,
  size,
  toPlace,
} from "./current.js";
import { showAtFirst } from "./handview.js";
import * as label from "./label.js";
import { COUNT, HIDDEN, NAMES, OUTSIDE, VISIBILITIES, VISIBLE } from "./landmarks.js";
import { commitMoving, place } from "./moving.js";
import { photograph, predecessor } from "./photographs.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";

/** Whether the photograph can be labelled now; if not, that is said. */
function ready() {
  commitMoving();
  if (isReady()) return true;
  say(state.failure ? "This photograph cannot be labelled." : "Still loading.");
  return false;
}

/** Make one edit; false if it changes nothing or cannot be made now. */
export const act = (action, change) => ready() && saving.edit(state.current, action, change);

/**
 * Place the landmark that is next at (x, y), pixels of the photograph; or, `again`, the selected one
 * that is placed already.
 */
export function placeAt(x, y, again = false) {
  if (!ready()) return undefined;
  if (again && selectedPoint()) return moveHere(selectedPoint(), x, y);
  const index = toPlace();
  if (index === null) {
    const none = shownLabel().no_hand;
    return say(
      none
        ? "Marked as without a hand. X takes that back, N begins a hand."
        : `All ${COUNT} landmarks of hand ${state.handId} are placed. N begins another hand.`,
    );
  }
  const visibility = label.isInside(x, y, size()) ? state.nextVisibility : OUTSIDE;
  const change = label.placePoint(state.handId, index, x, y, visibility, state.draftSide);
  if (!act(`place ${NAMES[index]}`, change)) return undefined;
  state.lastPlaced = { handId: state.handId, index };
  state.nextVisibility = VISIBLE;
  const next = label.nextUnplaced(selectedHand(), index);
  state.landmark = next;
  const word = visibility === VISIBLE ? "" : ` (${VISIBILITIES[visibility]})`;
  const after = next === null ? `Hand ${state.handId} has all ${COUNT}.` : `Next: ${NAMES[next]}.`;
  say(`${NAMES[index]}${word} at ${place(x, y)}. ${after}`);
  changed();
  return undefined;
}

/** The selected point to (x, y), and on to the next landmark that nobody has confirmed. */
function moveHere(point, x, y) {
  const { handId, landmark } = state;
  const [dx, dy] = [x - point.x, y - point.y];
  act(`move ${NAMES[landmark]}`, label.movePoints(handId, [landmark], dx, dy, size()));
  const next = label.nextUnconfirmed(selectedHand(), landmark);
  select(handId, next ?? landmark);
  const after = next === null ? "" : ` Next: ${NAMES[next]}.`;
  return say(`${NAMES[landmark]} is at ${place(x, y)} now.${after}`);
}

/** Of the selected landmark: of its point, or of the one that is placed next. */
export function setVisibility(visibility) {
  if (!ready()) return undefined;
  if (selectedPoint()) return setVisibilityOf(state.handId, state.landmark, visibility);
  const next = toPlace();
  if (next === null) return say("No landmark is selected. W selects the next one.");
  state.nextVisibility = visibility;
  say(`${NAMES[next]} will be placed as ${VISIBILITIES[visibility]}.`);
  return changed();
}

export function setVisibilityOfLast(visibility) {
  if (!state.lastPlaced) return say("No point was placed in this photograph yet.");
  const { handId, index } = state.lastPlaced;
  return setVisibilityOf(handId, index, visibility);
}

function setVisibilityOf(handId, index, visibility) {
  const word = VISIBILITIES[visibility];
  const point = label.handOf(shownLabel(), handId)?.points[index];
  if (point && visibility !== OUTSIDE && !label.isInside(point.x, point.y, size())) {
    return say(`${NAMES[index]} lies beyond the edge: it can be seen when it is moved inside.`);
  }
  act(`${NAMES[index]} ${word}`, label.setVisibility(handId, index, visibility, size()));
  return say(`${NAMES[index]} is ${word}.`);
}

/** Visible → hidden → outside → visible. */
export function cycleVisibility(handId, index) {
  const point = label.handOf(shownLabel(), handId)?.points[index];
  if (!point) return;
  const next = { [VISIBLE]: HIDDEN, [HIDDEN]: OUTSIDE, [OUTSIDE]: VISIBLE }[point.visibility];
  setVisibilityOf(handId, index, next);
}

export function removePoint() {
  if (!ready()) return undefined;
  if (!selectedPoint()) return say("No placed point is selected.");
  const { handId, landmark } = state;
  act(`take ${NAMES[landmark]} away`, label.removePoint(handId, landmark));
  select(handId, landmark);
  return say(`${NAMES[landmark]} taken away. It is the next to place.`);
}

export function newHand() {
  if (!ready()) return undefined;
  state.draft = true;
  state.draftSide = null;
  select(label.freeId(shownLabel()), 0);
  return say(`Hand ${state.handId}: place the wrist.`);
}

export function removeHand(id = state.handId) {
  if (!ready()) return undefined;
  const hand = label.handOf(shownLabel(), id);
  if (!hand) {
    if (state.draft) selectFirst();
    return say("There is no such hand.");
  }
  act(`remove hand ${id}`, label.removeHand(id));
  return say(`Hand ${id} removed. Ctrl+Z brings it back.`);
}

export function placeAnew() {
  if (!ready()) return undefined;
  if (!selectedHand()) return say("There is no hand to place anew.");
  const { handId } = state;
  act(`place hand ${handId} anew`, label.clearHand(handId));
  select(handId, 0);
  return say(`Hand ${handId}: place the wrist. Ctrl+Z brings the old points back.`);
}

export function reverseFingers() {
  if (!selectedHand()) return say("There is no hand.");
  act("fingers the other way round", label.reverseFingers(state.handId));
  return say("Index and little finger changed places, and middle and ring finger.");
}

/** The hand after the selected one, going round. */
export function nextHand() {
  const hands = shownLabel()?.hands ?? [];
  if (hands.length === 0) return say("There is no hand yet.");
  commitMoving();
  const place = hands.findIndex((hand) => hand.id === state.handId);
  return chooseHand(hands[(place + 1) % hands.length].id);
}

export function chooseHand(id) {
  const hand = label.handOf(shownLabel(), id);
  if (!hand) return;
  commitMoving();
  state.draft = false;
  select(id, label.nextUnplaced(hand));
  if (state.followsHand) showAtFirst();
  const side = hand.side ?? "side not said";
  say(`Hand ${id}, ${side}, ${label.placedCount(hand)} of ${COUNT} placed.`);
}

export function setSide(side, id = state.handId) {
  if (!ready()) return;
  if (label.handOf(shownLabel(), id)) act(`hand ${id} is a ${side} hand`, label.setSide(id, side));
  else state.draftSide = side;
  say(`Hand ${id} is the person's ${side} hand.`);
  changed();
}

export function flipSide() {
  const side = selectedHand()?.side ?? state.draftSide;
  if (!side) return say("The side is not said yet: L for left, R for right.");
  return setSide(label.otherSide(side));
}

export function mirror() {
  if (!ready()) return;
  const mirrored = !shownLabel().mirrored;
  act(mirrored ? "is a mirror image" : "is no mirror image", label.setMirrored(mirrored));
  say(
    mirrored
      ? "A mirror image: the sides of the hands are swapped."
      : "Not a mirror image: the sides of the hands are swapped back.",
  );
}

export function noHand() {
  if (!ready()) return;
  const { no_hand: none, hands } = shownLabel();
  state.draft = false;
  act(none ? "may have a hand" : "no hand", label.setNoHand(!none));
  if (none) say("No longer marked as without a hand.");
  else say(`Marked: no hand here.${hands.length ? " Ctrl+Z brings its hands back." : ""}`);
}

export function confirmHand() {
  const hand = selectedHand();
  if (!hand) return say("There is no hand to confirm.");
  act(`confirm hand ${hand.id}`, label.confirmHand(hand.id));
  return say(`All points of hand ${hand.id} are confirmed.`);
}

export async function copyPrevious() {
  if (!ready()) return undefined;
  const id = state.current;
  const from = predecessor(id);
  if (from === null) return say("There is no photograph before this one.");
  try {
    await saving.load(from);
  } catch (error) {
    return say(`The previous photograph cannot be read: ${error.message}.`, true);
  }
  if (state.current !== id) return undefined;
  const previous = saving.label(from);
  const empty = shownLabel().hands.length === 0;
  if (previous.no_hand && empty) return noHand();
  const name = photograph(from).path;
  if (previous.hands.length === 0) return say(`${name} has no hands.`);
  if (!act("copy from the previous photograph", label.copyHands(previous.hands, size()))) {
    return say("Hands with the same numbers are here already.");
  }
  chooseHand(previous.hands[0].id);
  return say(`Copied from ${name}: drag what has moved, then press Enter.`);
}

async function askServer(what, doing, done) {
  if (!ready()) return;
  const id = state.current;
  say(doing);
  if ((await saving.ask(id, what)) && state.current === id) {
    selectFirst();
    say(done(saving.label(id)));
  }
}

const many = (number, one) => `${number || "no"} ${one}${number === 1 ? "" : "s"}`;

export function track() {
  if (!state.folder?.tracker) return say("This server was started without a tracker.", true);
  return askServer(
    "prelabel",
    "The tracker is looking…",
    ({ hands }) => `The tracker found ${many(hands.length, "hand")}.`,
  );
}

export const interpolate = () =>
  askServer(
    "interpolate",
    "Interpolating…",
    ({ hands }) => `${many(hands.length, "hand")} between the confirmed frames around.`,
  );

/** what: undo or redo. The server keeps the history, so it outlives the page. */
export async function goBack(what) {
  if (!ready()) return;
  const id = state.current;
  const detail = saving.detail(id);
  if (!saving.waits(id) && !(what === "undo" ? detail.can_undo : detail.can_redo)) {
    say(`There is nothing to ${what}.`);
    return;
  }
  const before = shownLabel();
  if (!(await saving.ask(id, what)) || state.current !== id) return;
  const gone = label.takenAway(before, shownLabel());
  const hand = selectedHand();
  if (gone) select(gone.handId, gone.index);
  else if (hand && !selectedPoint()) {
    select(hand.id, label.nextUnplaced(hand, state.landmark ?? 0));
  }
  say(what === "undo" ? "Undone." : "Redone.");
}
