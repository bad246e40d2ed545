/**
 * Server-sent events over `fetch`, because `EventSource` cannot send an Authorization header.
 *
 * The stream resumes after the last id it saw; a frame that was cut in the middle is dropped and comes again.
 */

/** @typedef {{event: string, data: string, id: string|null}} Frame */
/** @typedef {import("./types.js").Link} Link */

/**
 * @typedef {object} Following
 * @property {(lastId: string|null, signal: AbortSignal) => Promise<Response>} open asks for the stream; throws when refused
 * @property {(frame: Frame) => void} onFrame
 * @property {(link: Link) => void} onLink
 * @property {(error: unknown) => boolean} gone true when trying again is pointless (signed out, not found)
 * @property {string|null} [after] the id to start after
 */

/** Nothing for this long (pings come every 15 s) means that the connection is dead, whatever the socket says. */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows a stream until closed, reconnecting with growing pauses.
 *
 * @param {Following} options
 * @returns {{close: () => void, nudge: () => void}} `nudge` ends the present pause (the network is back)
 */
export function follow(options) {
  const ended = new AbortController();
  let wake = () => {};
  let lastId = options.after ?? null;
  let failures = 0;

  const onFrame = (/** @type {Frame} */ frame) => {
    if (frame.id !== null) lastId = frame.id;
    options.onFrame(frame);
  };
  const attempt = async () => {
    options.onLink(failures ? "down" : "connecting");
    await readOnce(options, lastId, ended.signal, onFrame, () => (failures = 0));
  };
  const run = async () => {
    while (!ended.signal.aborted) {
      try {
        await attempt();
      } catch (error) {
        if (options.gone(error)) return;
      }
      if (ended.signal.aborted) return;
      options.onLink("down");
      await new Promise((resolve) => {
        wake = () => resolve(undefined);
        setTimeout(wake, pauseAfter(failures++));
      });
    }
  };
  void run();
  return {
    close: () => (ended.abort(), wake()),
    nudge: () => wake(),
  };
}

/**
 * The pause before the next try, in milliseconds: doubling, with up to a third of jitter so that a hundred
 * desks do not come back in the same instant.
 *
 * @param {number} failures
 */
function pauseAfter(failures) {
  const base = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  return base * (1 - Math.random() / 3);
}

/**
 * One connection, from request to end. Throws when it is refused, cut or silent too long.
 *
 * @param {Following} options
 * @param {string|null} lastId
 * @param {AbortSignal} ended
 * @param {(frame: Frame) => void} onFrame
 * @param {() => void} onOpen
 */
async function readOnce(options, lastId, ended, onFrame, onOpen) {
  const dead = new AbortController();
  let watchdog = setTimeout(() => dead.abort(), SILENCE_MS);
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => dead.abort(), SILENCE_MS);
  };
  const stop = () => dead.abort();
  ended.addEventListener("abort", stop, { once: true });
  try {
    const response = await options.open(lastId, dead.signal);
    onOpen();
    options.onLink("live");
    for await (const frame of frames(response, alive)) onFrame(frame);
  } finally {
    clearTimeout(watchdog);
    ended.removeEventListener("abort", stop);
  }
}

/**
 * The frames of an event stream. Comments keep it alive and are not frames; an unfinished frame is dropped.
 *
 * @param {Response} response
 * @param {() => void} alive called for every chunk
 * @returns {AsyncGenerator<Frame>}
 */
async function* frames(response, alive) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    // A lone "\r" at the end may be the first half of "\r\n": it waits for the next chunk.
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.replace(/\r\n/g, "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const frame = parse(block);
      if (frame) yield frame;
    }
  }
}

/**
 * One block of lines as a frame, or null for a comment.
 *
 * @param {string} block
 * @returns {Frame|null}
 */
function parse(block) {
  /** @type {Frame} */
  const frame = { event: "message", data: "", id: null };
  /** @type {string[]} */
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "data") data.push(value ?? "");
    else if (field === "event") frame.event = value || "message";
    else if (field === "id") frame.id = value || null;
  }
  if (!data.length) return null;
  return { ...frame, data: data.join("\n") };
}
