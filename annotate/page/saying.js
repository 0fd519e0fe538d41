/** What happened, in one line, for eyes and screen readers; problems also stand on the stage. */

import { $, setText } from "./dom.js";

const PROBLEM_STAYS = 9_000;
let timer = 0;
let isMended = null;

/** @param mended whether the problem is gone; it stands there until then, without one for a while */
export function say(text, isProblem = false, mended = null) {
  setText($("message"), text);
  if (!isProblem) return;
  setText($("problem"), text);
  clearTimeout(timer);
  isMended = mended;
  if (!mended) timer = setTimeout(clear, PROBLEM_STAYS);
}

function clear() {
  isMended = null;
  setText($("problem"), "");
}

export function drawSaying() {
  if (isMended?.()) clear();
}
