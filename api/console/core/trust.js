/**
 * What may become markup. wavesurfer builds its skeleton from a string, and the page's policy holds every string back
 * (`require-trusted-types-for 'script'`) unless the policy made here lets it through: containers and one style sheet,
 * which can carry no script. The style sheet itself is held to its hash by `style-src`.
 */

/**
 * The height of one channel's wave, which stands inside that style sheet: any other height breaks its hash.
 * @type {number} in CSS pixels
 */
export const WAVE_HEIGHT_PX = 64;

/** The only tags that may be made from a string, with the only attributes that they may carry. */
const CONTAINERS = /<style>[^<]*<\/style>|<div class="[a-z]+" part="[a-z]+">|<\/div>/g;

/**
 * @param {string} markup what somebody would have parsed
 * @returns {string | null} the same where it is containers alone; null, which makes the browser throw, otherwise
 */
export function containersAlone(markup) {
  return /[<>&]/.test(markup.replace(CONTAINERS, "")) ? null : markup;
}

// A browser without Trusted Types asks nobody, and has the rest of the policy.
globalThis.trustedTypes?.createPolicy("default", { createHTML: containersAlone });
