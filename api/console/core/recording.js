/** The recording of a call: its signed address ends, so a fresh one is asked for in time and the listening goes on. */

import { ask } from "./api.js";

const BEFORE_END_MS = 60_000;
/** A clock of this computer that is wrong must not make the page ask without a pause. */
const LEAST_MS = 30_000;
/** A second failure so soon after a fresh address is no matter of the address. */
const SOON_MS = 10_000;

/**
 * Give `audio` the recording of a job, and a fresh address before the old one ends or when the store refuses it.
 * Place, speed and whether it plays stay as they are.
 * @param {HTMLAudioElement} audio
 * @param {string} jobId
 * @param {{signal: AbortSignal, onTrouble: (problem: Error) => void}} to `onTrouble` is told when it cannot be played
 * @returns {Promise<{url: string, media_type: string, is_original: boolean, duration: number, expires_at: string}>}
 * @throws {Problem} there is no recording, or none any more.
 */
export async function attach(audio, jobId, { signal, onTrouble }) {
  let [timer, renewedAt_ms] = [null, 0];
  const renew = async () => {
    clearTimeout(timer);
    renewedAt_ms = performance.now();
    const told = await ask(`jobs/${jobId}/audio`, { signal });
    signal.throwIfAborted();
    exchange(audio, told.url);
    timer = setTimeout(again, Math.max(LEAST_MS, Date.parse(told.expires_at) - Date.now() - BEFORE_END_MS));
    return told;
  };
  const again = () => renew().catch((problem) => signal.aborted || onTrouble(problem));
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const told = await renew();
  audio.addEventListener("error", () => {
    if (performance.now() - renewedAt_ms > SOON_MS) again();
    else onTrouble(new Error(audio.error?.message || "the recording cannot be played"));
  }, { signal });
  return told;
}

function exchange(audio, url) {
  const [time, isPlaying] = [audio.currentTime, !audio.paused && !audio.ended];
  // A new address resets the speed to the default one.
  audio.defaultPlaybackRate = audio.playbackRate;
  audio.src = url;
  if (time > 0) audio.currentTime = time;
  audio.addEventListener("loadedmetadata", () => {
    if (Math.abs(audio.currentTime - time) > 0.5 && audio.currentTime < 0.5) audio.currentTime = time;
  }, { once: true });
  if (isPlaying) audio.play().catch(() => {});
}
