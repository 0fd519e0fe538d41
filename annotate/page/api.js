/** The server's interface: one function a request. */

/** The server answered, and the answer is no. `message` is one line for a person. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** No answer came: the server is stopped or the network is down. */
export class Unreachable extends Error {}

const QUICK = 20_000;
/** The tracker may have to load its model first. */
const PATIENT = 180_000;

/**
 * Id of the store that this page shows. Every request names it: the server at this address may serve
 * another folder by now, whose photographs have the same ids.
 */
let store = null;

async function request(method, url, body, patience = QUICK) {
  let response;
  try {
    response = await fetch(url, {
      method,
      cache: "no-store",
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(store !== null && { "X-Store": store }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
  } catch (error) {
    throw new Unreachable("the server does not answer", { cause: error });
  }
  if (!response.ok) throw new Refused(response.status, await reason(response));
  try {
    return await response.json();
  } catch (error) {
    // Cut off on the way: whether it was done is not known.
    throw new Unreachable("the server's answer was cut off", { cause: error });
  }
}

async function reason(response) {
  try {
    const { detail } = await response.json();
    if (typeof detail === "string") return detail;
  } catch {
    // Not JSON: the status says it.
  }
  return `the server answered ${response.status} ${response.statusText}`.trim();
}

const photograph = (id) => `/api/photographs/${id}`;

export async function readFolder() {
  const folder = await request("GET", "/api/folder");
  store = folder.store;
  return folder;
}
export const readPhotographs = async () =>
  (await request("GET", "/api/photographs")).photographs;
export const readDetail = (id) => request("GET", photograph(id));
export const readOther = (id) => request("GET", `${photograph(id)}/other`);

/** `modified`: of the photograph on which the edit was made. */
export const commit = (id, base, action, label, modified) =>
  request("PUT", `${photograph(id)}/label`, { base, action, label, modified });

/** `what`: undo, redo, prelabel or interpolate. */
export const ask = (id, what, base) =>
  request("POST", `${photograph(id)}/${what}`, { base }, what === "prelabel" ? PATIENT : QUICK);

// The store stands in these addresses for the browser, too, which keeps what they lead to.
export const imageUrl = (id, version) =>
  `/photographs/${id}/image?store=${store}${version === undefined ? "" : `&v=${version}`}`;
export const thumbnailUrl = (id) => `/photographs/${id}/thumbnail?store=${store}`;
export const exportUrl = (format) => `/api/export/${format}?store=${store}`;
