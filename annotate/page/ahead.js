/**
 * Photographs decoded before they are asked for, so that going on feels instant. Few are kept: a
 * decoded photograph of 24 megapixels takes 100 MB.
 */

import { imageUrl } from "./api.js";

const pictures = new Map(); // id → {image, ready, isReady, version}

/**
 * {image, ready: promise, isReady}; ready rejects if it cannot be shown.
 *
 * @param version of the file, where known: the browser then need not ask whether it is the same
 */
export function picture(id, version) {
  const known = pictures.get(id);
  const isOld = known?.version !== undefined && version !== undefined && known.version !== version;
  if (!known || isOld) {
    const image = new Image();
    image.alt = "";
    image.draggable = false;
    image.decoding = "sync";
    image.src = imageUrl(id, version);
    const entry = { image, isReady: false, version };
    entry.ready = image.decode().then(() => {
      entry.isReady = true;
    });
    // Who waits for it hears of a failure; who does not need not.
    entry.ready.catch(() => {});
    pictures.set(id, entry);
  }
  return pictures.get(id);
}

/** Keep only these (a set of ids); loads of others that are under way stop. */
export function keepOnly(kept) {
  for (const [id, { image, isReady }] of pictures) {
    if (kept.has(id)) continue;
    if (!isReady) image.src = "";
    pictures.delete(id);
  }
}

/** Forget one that failed, so that it is asked for anew. */
export const forgetPicture = (id) => pictures.delete(id);
