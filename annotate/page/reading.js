/** What the page begins with, asked for while the other modules are still on their way. */

import { readFolder, readPhotographs } from "./api.js";
import { say } from "./saying.js";

const PAUSE = 2_000;

async function readAll() {
  for (;;) {
    try {
      const [folder, list] = await Promise.all([readFolder(), readPhotographs()]);
      return { folder, list };
    } catch (error) {
      say(`${error.message}; trying again`, true);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** {folder, list}, once the server has answered. */
export const reading = readAll();
