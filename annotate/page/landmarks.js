/** The 21 landmarks: their order, names and bones, as in docs/format.md. */

/** Rows of the panel and colours of the skeleton; `points` are landmark numbers. */
export const FINGERS = [
  { name: "Wrist", colour: "wrist", points: [0], joints: ["Wrist"] },
  { name: "Thumb", colour: "thumb", points: [1, 2, 3, 4], joints: ["CMC", "MCP", "IP", "TIP"] },
  ...["Index", "Middle", "Ring", "Little"].map((name, number) => ({
    name,
    colour: name.toLowerCase(),
    points: [5, 6, 7, 8].map((point) => point + 4 * number),
    joints: ["MCP", "PIP", "DIP", "TIP"],
  })),
];

export const COUNT = 21;
export const WRIST = 0;

/** "Index PIP", by landmark number. */
export const NAMES = FINGERS.flatMap((finger) =>
  finger.joints.map((joint) => (joint === finger.name ? joint : `${finger.name} ${joint}`)),
);

/** Row of FINGERS that a landmark belongs to. */
export const FINGER_OF = Array.from({ length: COUNT }, (_, point) =>
  point === WRIST ? 0 : 1 + Math.floor((point - 1) / 4),
);

/** Pairs of landmarks joined by a line; the second one gives the line its colour. */
export const BONES = Array.from({ length: COUNT - 1 }, (_, bone) => [
  bone % 4 === 0 ? WRIST : bone,
  bone + 1,
]);

const THUMB = [
  "base of the thumb, near the wrist",
  "knuckle of the thumb",
  "last joint of the thumb",
  "in the pad, 5 mm short of the end",
];
const FINGER = [
  "knuckle, where the finger leaves the palm",
  "middle joint",
  "last joint, below the nail",
  "in the pad, 5 mm short of the end",
];

/** Where a landmark is, in words for a person, by landmark number. */
export const WHERE = [
  "centre of the wrist, at its crease",
  ...FINGERS.slice(1).flatMap((_, row) => (row === 0 ? THUMB : FINGER)),
];

export const OUTSIDE = 0;
export const HIDDEN = 1;
export const VISIBLE = 2;
export const VISIBILITIES = ["outside", "hidden", "visible"];
