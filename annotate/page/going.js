/** Going from photograph to photograph. */

import { readOther } from "./api.js";
import { forgetPicture, keepOnly, picture } from "./ahead.js";
import { act } from "./acts.js";
import { isReady, saving, selectFirst, shownLabel } from "./current.js";
import { showAtFirst } from "./handview.js";
import { confirmAll, nextUnplaced, placedCount, same } from "./label.js";
import { COUNT } from "./landmarks.js";
import { cancelMoving, commitMoving } from "./moving.js";
import * as photographs from "./photographs.js";
import { say } from "./saying.js";
import { changed, state } from "./state.js";

const AHEAD = [1, 2, 3, -1];
const DETAILS_KEPT = 200;
/** A photograph seen this long ago may have been changed by somebody else. */
const STALE = 5_000;
const readAt = new Map();
let wanted = new Set();

export async function go(id) {
  if (id === null || id === undefined) return;
  commitMoving();
  Object.assign(state, {
    current: id,
    image: null,
    failure: null,
    hover: null,
    cursor: null,
    other: null,
    asked: null,
  });
  history.replaceState(null, "", `#${id}`);
  selectFirst();
  const entry = picture(id, saving.detail(id)?.modified);
  if (!entry.isReady || !saving.detail(id)) {
    const failure = await loaded(id, entry);
    if (state.current !== id) return;
    if (failure) {
      state.failure = failure;
      forgetPicture(id);
      say(failure.text);
      changed();
      lookAhead(id);
      return;
    }
  }
  show(id, entry);
}

/** Wait for photograph and label. Returns why it cannot be shown, or null. */
async function loaded(id, entry) {
  try {
    const detail = await saving.load(id);
    readAt.set(id, Date.now());
    if (detail.problem) return { text: `${detail.path} ${detail.problem}.`, mayMend: false };
  } catch (error) {
    return { text: `${error.message}.`, mayMend: true };
  }
  try {
    await entry.ready;
  } catch {
    return { text: "the browser cannot show this file.", mayMend: true };
  }
  return turned(entry.image, saving.detail(id))
    ? { text: "the browser turns it otherwise than its EXIF tag asks.", mayMend: false }
    : null;
}

/** Points would land elsewhere if the browser and the server did not agree on what is up. */
const turned = ({ naturalWidth, naturalHeight }, { width, height }) =>
  width !== null && width > height !== naturalWidth > naturalHeight && width !== height;

/** The file was replaced while it was shown: points on the old picture would lie elsewhere. */
export function followFile() {
  const detail = state.image && saving.detail(state.current);
  if (!detail || detail.modified === state.modified) return;
  cancelMoving();
  void go(state.current);
}

function show(id, entry) {
  entry.version ??= saving.detail(id).modified;
  state.image = entry.image;
  state.modified = entry.version;
  selectFirst();
  showAtFirst();
  if (state.otherShown) void loadOther();
  changed();
  say(described(id));
  sayResized(id);
  // The next ones only after this one has been painted.
  requestAnimationFrame(() =>
    setTimeout(() => {
      if (state.current === id) lookAhead(id);
    }),
  );
}

function sayResized(id) {
  const { path, labelled_size: was, width, height } = saving.detail(id);
  if (!was) return;
  say(
    `${path} was ${was.join(" × ")} when it was labelled and is ${width} × ${height} now: look` +
      " again. Enter says that all is right as it is shown.",
    true,
    () => state.current !== id || !saving.detail(id)?.labelled_size,
  );
}

function described(id) {
  const entry = photographs.photograph(id);
  const { hands, no_hand: none } = saving.label(id);
  const count = hands.length === 1 ? "1 hand" : `${hands.length} hands`;
  const what = none ? "no hand" : hands.length === 0 ? "not labelled" : `${count}, ${entry.state}`;
  return `${entry.path}: ${what}.`;
}

function lookAhead(id) {
  const around = AHEAD.map((step) => photographs.neighbour(id, step));
  const near = [...around, photographs.nextToDo(id)].filter((it) => it !== null);
  wanted = new Set([id, ...near]);
  keepOnly(wanted);
  const known = saving.known();
  for (const old of known.slice(0, Math.max(0, known.length - DETAILS_KEPT))) {
    if (old !== id && !near.includes(old)) saving.forget(old);
  }
  for (const one of near) void fetchAhead(one);
  if (Date.now() - (readAt.get(id) ?? 0) > STALE) {
    readAt.set(id, Date.now());
    saving.load(id, true).catch(() => {});
  }
}

async function fetchAhead(id) {
  try {
    if (!saving.detail(id)) readAt.set(id, Date.now());
    const { modified, problem } = await saving.load(id);
    if (!problem && wanted.has(id)) picture(id, modified);
  } catch {
    // It will be asked for again when it is shown, and then what is wrong is said.
  }
}

export const next = () => step(1, "This is the last photograph.");
export const previous = () => step(-1, "This is the first photograph.");
export const first = () => go(photographs.photographs()[0]?.id);
export const last = () => go(photographs.photographs().at(-1)?.id);
export const retry = () => go(state.current);

function step(by, otherwise) {
  const id = photographs.neighbour(state.current, by);
  if (id === null) {
    commitMoving();
    return say(otherwise);
  }
  return go(id);
}

export function nextToDo() {
  commitMoving();
  const id = photographs.nextToDo(state.current);
  if (id !== null) return go(id);
  const here = photographs.photograph(state.current);
  const isLeft = here?.state === "new" || here?.state === "begun";
  return say(isLeft ? "Only this one is left." : "Every photograph is labelled.");
}

/** Say that all is right and go on. What may be forgotten is asked about once. */
export function confirm() {
  commitMoving();
  if (state.failure) return step(1, "This is the last photograph.");
  if (!isReady()) return say("Still loading.");
  const label = shownLabel();
  const again = saving.detail(state.current).labelled_size !== null;
  if (label.no_hand && !again) return onwards();
  if (label.hands.length === 0 && !label.no_hand) {
    return ask("Nothing is labelled here. X says that there is no hand, D goes on without.");
  }
  const missing = forgotten(label);
  const asked = `${state.current} ${missing}`;
  if (missing && state.asked !== asked) {
    state.asked = asked;
    return ask(`${missing} Enter again confirms it as it is.`);
  }
  act("confirm all", confirmAll());
  say("Confirmed.");
  return onwards();
}

/** A problem that is gone with the next edit, or on another photograph. */
function ask(text) {
  const { current } = state;
  const asked = shownLabel();
  return say(text, true, () => state.current !== current || !same(shownLabel(), asked));
}

function onwards() {
  const isLeft = photographs.toDoCount() > 0;
  return step(
    1,
    isLeft
      ? "Confirmed. This is the last photograph; U goes to one that is not labelled."
      : "Every photograph is labelled.",
  );
}

function forgotten({ hands }) {
  const unsided = hands.find((hand) => hand.side === null);
  if (unsided) return `Hand ${unsided.id} has no side yet (L or R).`;
  const partial = hands.find((hand) => nextUnplaced(hand) !== null);
  if (!partial) return "";
  const count = COUNT - placedCount(partial);
  return `Hand ${partial.id} lacks ${count} of ${COUNT} landmarks.`;
}

/** The label of the pass that this one is compared with. */
export async function loadOther() {
  const id = state.current;
  if (!state.folder?.other || id === null) return;
  try {
    const other = await readOther(id);
    if (state.current === id) state.other = other;
  } catch (error) {
    if (state.current === id) say(`The other pass cannot be read: ${error.message}`, true);
  }
  changed();
}
