/** What happened, in one line, for eyes and screen readers; problems also stand on the stage. */

import { $, setText } from "./dom.js";

const PROBLEM_STAYS = 9_000;
let timer = 0;

export function say(text, isProblem = false) {
  setText($("message"), text);
  if (isProblem) {
    setText($("problem"), text);
    clearTimeout(timer);
    timer = setTimeout(() => setText($("problem"), ""), PROBLEM_STAYS);
  }
}
