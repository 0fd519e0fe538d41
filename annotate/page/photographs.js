/** The folder's photographs: in which order they come and what is still to do. */

const TO_DO = new Set(["new", "begun"]);

let natural = []; // as the server lists them
let sequence = []; // in the chosen order
let places = new Map(); // id → place in sequence
let byId = new Map();
let naturalPlaces = new Map();
let counts = {};

export let order = "name";

const descending = (key) => (one, two) => (two[key] ?? -1) - (one[key] ?? -1);

export function setPhotographs(list) {
  natural = list;
  byId = new Map(list.map((photograph) => [photograph.id, photograph]));
  naturalPlaces = new Map(list.map((photograph, place) => [photograph.id, place]));
  counts = {};
  for (const { state } of list) counts[state] = (counts[state] ?? 0) + 1;
  setOrder(order);
}

/** @param name name, unsure or disagreement; what is not known comes last. */
export function setOrder(name) {
  order = name;
  sequence = name === "name" ? natural : [...natural].sort(descending(name));
  places = new Map(sequence.map((photograph, place) => [photograph.id, place]));
}

export const photographs = () => sequence;
export const photograph = (id) => byId.get(id) ?? null;
export const placeOf = (id) => places.get(id) ?? -1;

export function setState(id, state) {
  const entry = byId.get(id);
  if (!entry || entry.state === state) return;
  counts[entry.state] -= 1;
  counts[state] = (counts[state] ?? 0) + 1;
  entry.state = state;
}

export const countOf = (state) => counts[state] ?? 0;
export const toDoCount = () => countOf("new") + countOf("begun");

/** Id of the photograph `step` places further, or null beyond either end. */
export const neighbour = (id, step) => sequence[placeOf(id) + step]?.id ?? null;

/** Id of the photograph before this one in the order of names, whatever order is shown. */
export const predecessor = (id) => natural[(naturalPlaces.get(id) ?? 0) - 1]?.id ?? null;

/** Id of the next photograph that is new or begun, going round; null if only this one or none. */
export function nextToDo(id) {
  const start = placeOf(id);
  for (let step = 1; step < sequence.length; step += 1) {
    const entry = sequence[(start + step) % sequence.length];
    if (TO_DO.has(entry.state)) return entry.id;
  }
  return null;
}
