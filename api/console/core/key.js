/** The caller's key: typed once, kept in this tab alone, and gone with it. Never in an address, never in a cookie. */

const KEPT_AS = "callscribe.key";
const SHAPE = /^csk_[A-Za-z0-9]{10}_[\w-]{43}$/;

/** The key, or null while none was typed. @returns {string|null} */
export function key() {
  return sessionStorage.getItem(KEPT_AS);
}

/** Keep `typed` for this tab, or forget it (null). `document` is told by an event named `keychange`. */
export function setKey(typed) {
  // With the key goes all else that the tab kept, names of files too: the next key may be another person's.
  if (typed === null) sessionStorage.clear();
  else sessionStorage.setItem(KEPT_AS, typed);
  document.dispatchEvent(new Event("keychange"));
}

/** Whether `typed` looks like a key at all: a slip of the clipboard is told before anything is sent. */
export function looksLikeKey(typed) {
  return SHAPE.test(typed);
}
