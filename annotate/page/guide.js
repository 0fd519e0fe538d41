/** A small hand in the panel with the joint lit that comes next, and words for where it is. */

import { selectedHand, selectedPoint, select, shownLabel, toPlace } from "./current.js";
import { $, setAttribute, setText, shape } from "./dom.js";
import { placedCount } from "./label.js";
import { BONES, COUNT, FINGERS, FINGER_OF, NAMES, VISIBILITIES, WHERE } from "./landmarks.js";
import { place } from "./moving.js";
import { state } from "./state.js";

const WIDTH = 170;
/** A right hand, palm to the reader, drawn by hand in the diagram's units. */
const PLACES = [
  [82, 166],
  [106, 146],
  [128, 122],
  [144, 100],
  [154, 83],
  [108, 90],
  [114, 60],
  [117, 40],
  [119, 22],
  [87, 84],
  [88, 50],
  [88, 29],
  [88, 11],
  [66, 89],
  [62, 57],
  [60, 37],
  [58, 20],
  [47, 100],
  [38, 76],
  [33, 60],
  [29, 45],
];

let joints = [];
let picture = null;

export function createGuide() {
  const flesh = FINGERS.slice(1).map(({ points }) =>
    shape("polyline", {
      class: "flesh",
      points: points.map((point) => PLACES[point].join()).join(" "),
    }),
  );
  const palm = shape("polygon", {
    class: "flesh palm",
    points: [0, 1, 2, 5, 9, 13, 17].map((point) => PLACES[point].join()).join(" "),
  });
  const bones = BONES.map(([from, to]) =>
    shape("path", {
      class: `bone ${FINGERS[FINGER_OF[to]].colour}`,
      d: `M${PLACES[from].join()}L${PLACES[to].join()}`,
    }),
  );
  joints = PLACES.map(([x, y], point) => {
    const joint = shape(
      "g",
      { class: "joint", transform: `translate(${x} ${y})` },
      shape("circle", { class: "lamp", r: 9 }),
      shape("circle", { class: "dot", r: 4.2 }),
      shape("circle", { class: "touch", r: 8 }),
    );
    joint.addEventListener("click", () => select(state.handId, point));
    return joint;
  });
  picture = shape("g", {}, palm, ...flesh, ...bones, ...joints);
  $("diagram").append(picture);
}

export function drawGuide() {
  const hand = selectedHand();
  const point = selectedPoint();
  const next = state.image ? toPlace() : null;
  const lit = point ? state.landmark : next;
  const side = hand?.side ?? state.draftSide;
  setAttribute(picture, "transform", side === "left" ? `matrix(-1 0 0 1 ${WIDTH} 0)` : null);
  joints.forEach((joint, number) => {
    const placed = hand?.points[number] ? "placed" : "";
    const now = number === lit ? "lit" : "";
    setAttribute(joint, "class", `joint ${FINGERS[FINGER_OF[number]].colour} ${placed} ${now}`);
  });
  const [title, name, where, count] = words(hand, point, next);
  setText($("next-title"), title);
  setText($("next-name"), name);
  setText($("next-where"), where);
  setText($("next-count"), count);
}

function words(hand, point, next) {
  const placed = hand ? placedCount(hand) : 0;
  const count = `${placed} of ${COUNT} placed`;
  if (point) {
    const then = next === null ? "" : ` · next ${NAMES[next]}`;
    const how = `${VISIBILITIES[point.visibility]} at ${place(point.x, point.y)}`;
    return ["Selected", NAMES[state.landmark], how, count + then];
  }
  if (next !== null) return ["Place next", NAMES[next], WHERE[next], count];
  if (!state.image) return ["", "", "", ""];
  if (shownLabel()?.no_hand) return ["Labelled", "No hand here", "X takes that back", ""];
  if (hand) return ["Hand complete", `Hand ${hand.id}`, "Enter confirms, N begins another", count];
  return ["", "No hand selected", "S selects a hand, N begins one", ""];
}
