/** What the page begins with, asked for while the other modules are still on their way. */

import { readFolder, readPhotographs } from "./api.js";
import { say } from "./saying.js";

const PAUSE = 2_000;

async function readAll() {
  let failed = false;
  for (;;) {
    try {
      const [folder, list] = await Promise.all([readFolder(), readPhotographs()]);
      if (failed) say("", true);
      return { folder, list };
    } catch (error) {
      failed = true;
      say(`${error.message}; trying again`, true);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** {folder, list}, once the server has answered. */
export const reading = readAll();
