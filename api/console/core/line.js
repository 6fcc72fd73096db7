/** Doing things in turn: a few at once, the others stand in line in the order in which they came. */

/**
 * @param {number} atOnce how many are done at the same time
 * @returns {{inTurn: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>, isFull: () => boolean}}
 *   `inTurn` does `work` as soon as there is room; aborting `signal` leaves the line. `isFull`: somebody waits.
 */
export function line(atOnce) {
  const state = { free: atOnce, waiting: [] };
  const inTurn = async (work, signal) => {
    await room(state, signal);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = state.waiting.shift();
      if (next) next();
      else state.free += 1;
    }
  };
  return { inTurn, isFull: () => state.waiting.length > 0 };
}

function room(state, signal) {
  if (state.free > 0) {
    state.free -= 1;
    return null;
  }
  return new Promise((resolve, reject) => {
    state.waiting.push(resolve);
    signal.addEventListener("abort", () => {
      const place = state.waiting.indexOf(resolve);
      if (place < 0) return;
      state.waiting.splice(place, 1);
      reject(signal.reason);
    }, { once: true });
  });
}
