/**
 * What can be done to a label. Each function returns a change: label → label.
 *
 * Changes, not results, are what waits to be saved: one made while another is on its way is applied
 * to whatever the server then says. A change that no longer makes sense returns the label it got.
 */

import { COUNT, OUTSIDE, VISIBLE } from "./landmarks.js";

export const EMPTY = Object.freeze({ hands: [], no_hand: false, mirrored: false, done: false });

/** Hundredths of a pixel are finer than anybody points. */
const rounded = (value) => Math.round(value * 100) / 100;

export const isInside = (x, y, size) => x >= 0 && y >= 0 && x < size.width && y < size.height;

export const handOf = (label, id) => label.hands.find((hand) => hand.id === id) ?? null;

/** Smallest number that no hand of this photograph has. */
export function freeId(label) {
  let id = 1;
  while (handOf(label, id)) id += 1;
  return id;
}

/** First landmark from `start` on, going round, that is not placed; null if all are. */
export function nextUnplaced(hand, start = 0) {
  for (let step = 0; step < COUNT; step += 1) {
    const point = (start + step) % COUNT;
    if (!hand?.points[point]) return point;
  }
  return null;
}

/** First landmark after `from`, going round, whose point nobody has confirmed; null if none. */
export function nextUnconfirmed(hand, from) {
  for (let step = 1; step <= COUNT; step += 1) {
    const number = (from + step) % COUNT;
    if (hand?.points[number] && !hand.points[number].confirmed) return number;
  }
  return null;
}

export const placedCount = (hand) => hand.points.filter(Boolean).length;

export const unconfirmedCount = (hand) =>
  hand.points.filter((point) => point && !point.confirmed).length;

/** The first point that one label has and the next one, with the same hand, has not; or null. */
export function takenAway(before, after) {
  for (const hand of after.hands) {
    const old = handOf(before, hand.id);
    const index = hand.points.findIndex((point, number) => !point && old?.points[number]);
    if (index >= 0) return { handId: hand.id, index };
  }
  return null;
}

/** Whether two labels say the same; what they leave out counts as its default. */
export function same(one, two) {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(two));
}

function plain(label) {
  return [
    Boolean(label.no_hand),
    Boolean(label.mirrored),
    Boolean(label.done),
    label.hands.map((hand) => [
      hand.id,
      hand.side ?? null,
      hand.points.map(
        (point) =>
          point && [
            point.x,
            point.y,
            point.visibility ?? VISIBLE,
            point.source ?? "person",
            point.confirmed ?? true,
          ],
      ),
    ]),
  ];
}

const withHand = (label, id, change) => ({
  ...label,
  hands: label.hands.map((hand) => (hand.id === id ? change(hand) : hand)),
});

const withPoints = (hand, change) => ({ ...hand, points: hand.points.map(change) });

/** A person's point. `side` is for a hand that this point begins. */
export const placePoint = (id, index, x, y, visibility, side = null) => (label) => {
  const placed = { x: rounded(x), y: rounded(y), visibility, source: "person", confirmed: true };
  const begun = handOf(label, id)
    ? label
    : {
        ...label,
        hands: [...label.hands, { id, side, points: Array(COUNT).fill(null) }],
        no_hand: false,
        done: false,
      };
  return withHand(begun, id, (hand) =>
    withPoints(hand, (point, number) => (number === index ? placed : point)),
  );
};

/** Which state of visibility a point has after it came to (x, y). */
function visibilityAt(point, x, y, size) {
  if (!isInside(x, y, size)) return OUTSIDE;
  const cameIn = point.visibility === OUTSIDE && !isInside(point.x, point.y, size);
  return cameIn ? VISIBLE : point.visibility;
}

/**
 * Points moved by (dx, dy) pixels. A single one is thereby placed by a person; of a hand or a
 * finger moved as a whole nobody has looked at each joint, so those stay as confirmed as they were.
 */
export const movePoints = (id, indices, dx, dy, size) => (label) => {
  if (!handOf(label, id) || (dx === 0 && dy === 0)) return label;
  const single = indices.length === 1;
  return withHand(label, id, (hand) =>
    withPoints(hand, (point, number) => {
      if (!point || !indices.includes(number)) return point;
      const x = rounded(point.x + dx);
      const y = rounded(point.y + dy);
      const moved = { ...point, x, y, visibility: visibilityAt(point, x, y, size) };
      return single ? { ...moved, source: "person", confirmed: true } : moved;
    }),
  );
};

/** A point beyond the edges can only be outside. */
export const setVisibility = (id, index, visibility, size) => (label) =>
  withHand(label, id, (hand) =>
    withPoints(hand, (point, number) =>
      point &&
      number === index &&
      (visibility === OUTSIDE || isInside(point.x, point.y, size))
        ? { ...point, visibility }
        : point,
    ),
  );

export const removePoint = (id, index) => (label) => {
  const hand = handOf(label, id);
  if (!hand?.points[index]) return label;
  // A hand without a point says nothing.
  if (placedCount(hand) === 1) return removeHand(id)(label);
  const changed = withHand(label, id, (old) =>
    withPoints(old, (point, number) => (number === index ? null : point)),
  );
  return { ...changed, done: false };
};

export const removeHand = (id) => (label) => ({
  ...label,
  hands: label.hands.filter((hand) => hand.id !== id),
  done: false,
});

/** The hand without its points, to be placed anew; its number and side stay. */
export const clearHand = (id) => (label) => ({
  ...withHand(label, id, (hand) => ({ ...hand, points: Array(COUNT).fill(null) })),
  done: false,
});

/** Index and little finger change places, and middle and ring: what a wrong side does to a hand. */
export const reverseFingers = (id) => (label) =>
  withHand(label, id, (hand) => ({
    ...hand,
    points: hand.points.map((point, number) =>
      number < FIRST_FINGER ? point : hand.points[reversed(number)],
    ),
  }));

const FIRST_FINGER = 5;
const JOINTS = 4;

/** The same joint of the finger that is as far from the other end of the row of four. */
function reversed(number) {
  const joint = (number - FIRST_FINGER) % JOINTS;
  const finger = (number - FIRST_FINGER - joint) / JOINTS;
  return FIRST_FINGER + JOINTS * (3 - finger) + joint;
}

export const setSide = (id, side) => (label) => withHand(label, id, (hand) => ({ ...hand, side }));

const OTHER_SIDE = { left: "right", right: "left" };

export const otherSide = (side) => OTHER_SIDE[side] ?? null;

/** Sides are the person's: what looked like a left hand is, in a mirror, the right one. */
export const setMirrored = (mirrored) => (label) =>
  label.mirrored === mirrored
    ? label
    : {
        ...label,
        mirrored,
        hands: label.hands.map((hand) => ({ ...hand, side: otherSide(hand.side) })),
      };

export const setNoHand = (noHand) => (label) => ({
  ...label,
  hands: noHand ? [] : label.hands,
  no_hand: noHand,
  done: noHand,
});

const confirmed = (hand) =>
  withPoints(hand, (point) => (point && !point.confirmed ? { ...point, confirmed: true } : point));

export const confirmHand = (id) => (label) => withHand(label, id, confirmed);

export const confirmAll = () => (label) => ({
  ...label,
  hands: label.hands.map(confirmed),
  done: true,
});

/** Hands of another photograph, as guesses: those whose number is not taken yet. */
export const copyHands = (hands, size) => (label) => {
  const copied = (point) => ({
    ...point,
    visibility: isInside(point.x, point.y, size) ? point.visibility : OUTSIDE,
    source: "copied",
    confirmed: false,
  });
  const copies = hands
    .filter((hand) => !handOf(label, hand.id))
    .map((hand) => withPoints(hand, (point) => point && copied(point)));
  if (copies.length === 0) return label;
  return { ...label, hands: [...label.hands, ...copies], no_hand: false, done: false };
};

/** What is known of a photograph that can be shown, as the server counts it. */
export function stateOf(label) {
  if (label.no_hand) return "no hand";
  if (label.hands.length === 0) return "new";
  return label.done ? "done" : "begun";
}
