/**
 * Every edit becomes one revision, in order, and none is dropped on the way.
 *
 * What is shown is the server's label with the edits that still wait applied to it. An edit counts
 * as saved only when the server has answered. While the server cannot be reached, edits wait and
 * are sent again, with growing pauses.
 */

import { Refused, Unreachable } from "./api.js";
import { EMPTY, same } from "./label.js";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;
/** A photograph that is missing or damaged may be on its way: so often it is asked for, some 40 s. */
const TRIES_WITHOUT_FILE = 8;

/**
 * @param server {readDetail, commit, ask} as in api.js
 * @param listener {changed(id), say(text, isProblem)}
 */
export function createSaving(server, listener) {
  const details = new Map(); // id → the server's detail
  const shownLabels = new Map(); // id → label with waiting edits; forgotten when either changes
  const loading = new Map(); // id → promise of a detail
  const queue = [];
  const idle = [];
  let running = false;
  let problem = null;
  let wake = null;

  const waitingFor = (id) => queue.filter((job) => job.id === id);

  function accept(id, detail) {
    details.set(id, detail);
    shownLabels.delete(id);
    listener.changed(id);
  }

  /** The label to show, or null while nothing is known of the photograph. */
  function label(id) {
    const detail = details.get(id);
    if (!detail) return null;
    if (!shownLabels.has(id)) {
      const changes = waitingFor(id).filter((job) => job.change);
      const start = detail.label ?? EMPTY;
      shownLabels.set(id, changes.reduce((shown, job) => job.change(shown), start));
    }
    return shownLabels.get(id);
  }

  /** The detail, from memory or the server. `again` asks even if it is in memory. */
  function load(id, again = false) {
    if (details.has(id) && !again) return Promise.resolve(details.get(id));
    if (!loading.has(id)) {
      const before = details.get(id);
      const promise = server
        .readDetail(id)
        .then((detail) => {
          // What was answered meanwhile, or still waits, is newer than this.
          if (details.get(id) === before && waitingFor(id).length === 0) accept(id, detail);
          return details.get(id) ?? detail;
        })
        .finally(() => loading.delete(id));
      loading.set(id, promise);
    }
    return loading.get(id);
  }

  /** Make a change; it shows at once. False if it changes nothing. */
  function edit(id, action, change) {
    const shown = label(id);
    if (!shown || same(change(shown), shown)) return false;
    // Made on the picture of this moment; the file may be another one when it is sent.
    enqueue({ id, action, change, modified: details.get(id).modified });
    return true;
  }

  /** undo, redo, prelabel or interpolate, after all edits before it. Resolves to success. */
  function ask(id, what) {
    return new Promise((resolve) => enqueue({ id, action: what, what, resolve }));
  }

  function enqueue(job) {
    queue.push({ tries: 0, ...job });
    shownLabels.delete(job.id);
    listener.changed(job.id);
    void drain();
  }

  async function drain() {
    if (running) return;
    running = true;
    while (queue.length > 0) {
      const job = queue[0];
      try {
        const detail = await perform(job);
        finish(job, detail, true);
      } catch (error) {
        if (mayRetry(job, error)) await pause(job, error);
        else await giveUp(job, error);
      }
    }
    running = false;
    idle.splice(0).forEach((resolve) => resolve());
  }

  async function perform(job) {
    const before = details.get(job.id);
    if (job.what) return server.ask(job.id, job.what, before.revision);
    const wanted = job.change(before.label);
    if (same(wanted, before.label)) return before;
    try {
      return await server.commit(job.id, before.revision, job.action, wanted, job.modified);
    } catch (error) {
      // Sent before, and the answer was lost: the server may have it already.
      if (!(error instanceof Refused && error.status === 409 && job.tries > 0)) throw error;
      const now = await server.readDetail(job.id);
      if (same(now.label, wanted)) return now;
      throw error;
    }
  }

  function finish(job, detail, ok) {
    queue.splice(queue.indexOf(job), 1);
    problem = null;
    accept(job.id, detail);
    job.resolve?.(ok);
  }

  const isSaving = (job) => !job.what || job.what === "undo" || job.what === "redo";

  function mayRetry(job, error) {
    if (!isSaving(job)) return false;
    if (error instanceof Unreachable) return true;
    if (!(error instanceof Refused)) return false;
    // What waits for a photograph that never comes back must not hold up all the others for ever.
    if (error.status === 410) return job.tries < TRIES_WITHOUT_FILE;
    // A full disk or a locked file may mend; a lost cookie does when the link is opened again.
    return error.status >= 500 || [401, 403].includes(error.status);
  }

  function pause(job, error) {
    const length = Math.min(FIRST_PAUSE * 2 ** job.tries, LONGEST_PAUSE);
    job.tries += 1;
    problem = { message: error.message, offline: error instanceof Unreachable };
    listener.changed(job.id);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, length);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The server will never take it: say so, and show what the server has. */
  async function giveUp(job, error) {
    const dropped = isSaving(job) && !job.what ? waitingFor(job.id).filter((it) => it.change) : [];
    const conflict = error instanceof Refused && error.status === 409;
    const sentAgain = job.what && job.tries > 0 && conflict;
    let detail = details.get(job.id);
    try {
      detail = await server.readDetail(job.id);
    } catch {
      // Shown as known; the next request will tell.
    }
    // What was meant for a label that is not there any more must not be applied to another one.
    if (dropped.length > 0) {
      for (const it of waitingFor(job.id)) if (it !== job) it.resolve?.(false);
      queue.splice(0, queue.length, ...queue.filter((it) => it === job || it.id !== job.id));
    }
    finish(job, detail, false);
    if (dropped.length > 0) {
      const what = dropped.map((it) => it.action).join(", ");
      const why = conflict ? error.message.replace(/^t/, "T") : `Refused: ${error.message}`;
      listener.say(`${why}. Not kept: ${what}. Shown is what the server has.`, true);
    } else if (!sentAgain) {
      listener.say(error.message, true);
    }
  }

  return {
    label,
    load,
    edit,
    ask,
    detail: (id) => details.get(id) ?? null,
    /** Forget a detail that is not needed now, unless something waits for it. */
    forget(id) {
      if (waitingFor(id).length > 0) return;
      details.delete(id);
      shownLabels.delete(id);
    },
    known: () => [...details.keys()],
    waits: (id) => waitingFor(id).length > 0,
    status: () => ({ waiting: queue.filter(isSaving).length, asking: askedNow(), problem }),
    retryNow: () => wake?.(),
    /** Resolves when nothing waits any more. */
    whenIdle: () => (running ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };

  function askedNow() {
    return queue.find((job) => !isSaving(job))?.what ?? null;
  }
}
