/**
 * Where the photograph is on the stage: `screen = photograph × scale + offset`.
 *
 * Views are plain values {scale, x, y}; screen pixels are CSS pixels from the stage's top-left
 * corner, photograph pixels those of the upright photograph.
 */

const LARGEST = 40;
/** Of the fitting scale: room around the photograph for points outside of it. */
const SMALLEST = 0.4;
const MARGIN = 24;

export function fit(size, stage) {
  const margin = Math.min(MARGIN, stage.width / 20, stage.height / 20);
  const scale = Math.min(
    (stage.width - 2 * margin) / size.width,
    (stage.height - 2 * margin) / size.height,
  );
  return centred(Math.min(Math.max(scale, 0.001), LARGEST), size, stage);
}

function centred(scale, size, stage) {
  return {
    scale,
    x: (stage.width - size.width * scale) / 2,
    y: (stage.height - size.height * scale) / 2,
  };
}

/** The view in which a box (photograph pixels) with some room around it fills the stage. */
export function fitBox(box, size, stage) {
  const room = 0.14 * Math.max(box.width, box.height, 60);
  const width = box.width + 2 * room;
  const height = box.height + 2 * room;
  const scale = Math.min(stage.width / width, stage.height / height, LARGEST);
  return {
    scale,
    x: stage.width / 2 - (box.x + box.width / 2) * scale,
    y: stage.height / 2 - (box.y + box.height / 2) * scale,
  };
}

export const toScreen = (view, x, y) => [x * view.scale + view.x, y * view.scale + view.y];

export const toPhotograph = (view, x, y) => [(x - view.x) / view.scale, (y - view.y) / view.scale];

/** Scaled so that what is below (x, y) on the screen stays there. */
export function zoomed(view, factor, x, y, size, stage) {
  const smallest = fit(size, stage).scale * SMALLEST;
  const scale = Math.min(Math.max(view.scale * factor, smallest), Math.max(LARGEST, smallest));
  const ratio = scale / view.scale;
  return kept({ scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio }, size, stage);
}

export const panned = (view, dx, dy, size, stage) =>
  kept({ ...view, x: view.x + dx, y: view.y + dy }, size, stage);

/** The photograph cannot be lost: its edge stays within the middle half of the stage. */
function kept(view, size, stage) {
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  const { width, height } = stage;
  return {
    scale: view.scale,
    x: between(view.x, width / 4 - size.width * view.scale, width * 0.75),
    y: between(view.y, height / 4 - size.height * view.scale, height * 0.75),
  };
}

/** The view moved as little as needed to show a point of the photograph. */
export function showing(view, x, y, stage) {
  const room = 60;
  const [left, top] = toScreen(view, x, y);
  const shift = (value, length) =>
    value < room ? room - value : value > length - room ? length - room - value : 0;
  return { ...view, x: view.x + shift(left, stage.width), y: view.y + shift(top, stage.height) };
}
