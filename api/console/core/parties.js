/** The parties of a call: what they are called and which of the page's colours is theirs. */

import { say } from "./words.js";

const ROLES = new Set(["agent", "customer", "other", "mixed"]);

/**
 * The name of a party. @param {string|null} speaker of an utterance ("agent", "channel_1"), or a channel's role; null
 * where one channel holds everybody. @param {number|null} [channel] counted from 0, where the role is not known
 */
export function nameOfParty(speaker, channel = null) {
  if (ROLES.has(speaker)) return say(`role.${speaker}`);
  const number = channelOf(speaker) ?? channel;
  return number === null ? say("role.mixed") : say("role.channel", { number: number + 1 });
}

/** Which colours of the tokens are a party's. @returns {"agent"|"customer"|"other"} */
export function toneOf(speaker, channel = null) {
  if (speaker === "agent" || speaker === "customer") return speaker;
  // Two parties without a role must still be told apart.
  return (channelOf(speaker) ?? channel) === 1 ? "agent" : "other";
}

function channelOf(speaker) {
  const found = /^channel_(\d+)$/.exec(speaker ?? "");
  return found ? Number(found[1]) : null;
}
