/** What was let go over the page: files, and the recordings in folders. */

/** In a folder of calls lie other things too: these kinds are no recordings. */
const FOREIGN = /^(image|text|font)\/|^application\/(json|pdf|xml|zip|msword|vnd\.)/;

/**
 * The files of a drop; folders are gone through to their end.
 * @param {DataTransfer} transfer
 * @returns {Promise<{files: File[], leftOut: number}>} `leftOut` counts the files in folders that are no recordings.
 */
export async function filesOf(transfer) {
  // Asked for at once: the browser empties the list as soon as the event is over.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return { files: Array.from(transfer.files), leftOut: 0 };
  const chosen = await Promise.all(entries.filter((entry) => entry.isFile).map(fileOf));
  const folders = entries.filter((entry) => entry.isDirectory);
  const found = (await Promise.all(folders.map(within))).flat();
  const recordings = found.filter(isRecording);
  return { files: [...chosen, ...recordings], leftOut: found.length - recordings.length };
}

async function within(entry) {
  if (entry.isFile) return [await fileOf(entry)];
  const children = await childrenOf(entry.createReader());
  return (await Promise.all(children.map(within))).flat();
}

/** A reader tells a hundred entries at a time, and none when it is through. */
async function childrenOf(reader) {
  const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  return some.length ? [...some, ...(await childrenOf(reader))] : [];
}

function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isRecording(file) {
  return !file.name.startsWith(".") && !FOREIGN.test(file.type);
}
