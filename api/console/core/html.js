/**
 * The only place where elements are made. Text is always a text node, never markup: what a caller or a file name says
 * cannot become an element, an attribute or a script.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, unknown>} [given] attributes; `onclick` and the like are listeners, `class` is a class list,
 *   `data` an object of data attributes; true sets an attribute without a value; false, null, undefined leave it out.
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, given = {}, ...children) {
  return filled(document.createElement(tag), given, children);
}

/** Make an element of a picture; as `h`. @returns {SVGElement} */
export function svg(tag, given = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), given, children);
}

/** Put `children` in the place of whatever `node` holds. */
export function replace(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(isShown).map(asNode));
  return node;
}

/**
 * Let `parent` show `items` in their order and keep the elements of those that stay: focus, scroll position and
 * selection survive a refresh, and nothing flickers.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => Element & {update?: (item: T) => void}} make what is made may carry `update(item)`
 */
export function reconcile(parent, items, keyOf, make) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(items.map(keyOf));
  // What goes, goes first: to move an element that stays would take the focus from it.
  for (const [key, child] of known) if (!wanted.has(key)) child.remove();
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const child = known.get(key) ?? make(item);
    child.dataset.key = key;
    child.update?.(item);
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

/** Set the text of `node` only where it changes: a screen reader is not told the same twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function filled(element, given, children) {
  for (const [name, value] of Object.entries(given)) set(element, name, value);
  return replace(element, children);
}

function set(element, name, value) {
  // There "false" is a state of its own, not an absence.
  const told = name.startsWith("aria-") && typeof value === "boolean" ? String(value) : value;
  if (told === false || told === null || told === undefined) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), told);
  else if (name === "data") Object.assign(element.dataset, told);
  else element.setAttribute(name, told === true ? "" : String(told));
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}
