/** Looking at one hand closely, and going on to do so from photograph to photograph. */

import { selectedHand, size } from "./current.js";
import { state } from "./state.js";
import { fit, fitBox } from "./view.js";

/** The view that the selected hand fills; null while it has no point. */
export function handView() {
  const points = selectedHand()?.points.filter(Boolean) ?? [];
  if (points.length === 0) return null;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const box = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  return fitBox(box, size(), state.stage);
}

/** What a photograph or a hand is shown at first: closely if the one before was. */
export function showAtFirst() {
  const close = state.followsHand ? handView() : null;
  state.fitted = close === null;
  state.view = close ?? fit(size(), state.stage);
}
