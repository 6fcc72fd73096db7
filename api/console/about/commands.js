/** The same requests as commands for a terminal. They name the key's variable and never hold the key. */

import { addressOf } from "../core/api.js";

const KEY = '--header "Authorization: Bearer $CALLSCRIBE_API_KEY"';
/** What a request may carry along; a larger recording is uploaded to a place of its own. */
const BODY_BYTES = 4_000_000;
/** A name that means nothing to a shell and nothing to curl. */
const PLAIN_NAME = /^[A-Za-z0-9][\w.-]{0,79}\.[A-Za-z0-9]{2,4}$/;

/** Ask how the job stands. @returns {string} several lines */
export function jobCommand(job) {
  return command(quoted(addressOf(`jobs/${job.id}`)), KEY);
}

/** Read its transcript. @param {object} job @param {string} [format] json, txt, srt or vtt */
export function transcriptCommand(job, format = "json") {
  return command(quoted(addressOf(`jobs/${job.id}/transcript?format=${format}`)), KEY);
}

/**
 * Submit a call with the same wishes.
 * @param {object} job of the contract
 * @param {string|null} name of the file, used where it is plain
 */
export function submissionCommand(job, name) {
  const file = PLAIN_NAME.test(name ?? "") ? name : "recording.wav";
  const [place, { audio }] = [quoted(addressOf("jobs")), job];
  const isSmall = audio.source !== "s3" && (audio.bytes ?? 0) <= BODY_BYTES;
  if (isSmall) return command(place, KEY, `--form audio=@${file}`, `--form-string ${quoted(`job=${wishes(job)}`)}`);
  const from = audio.source === "s3" ? { s3_uri: "s3://BUCKET/KEY" } : { upload: { bytes: audio.bytes } };
  const body = ['--header "Content-Type: application/json"', `--data ${quoted(wishes(job, from))}`];
  const submit = command(place, KEY, ...body);
  return audio.source === "s3" ? submit : `${submit}\n\n${uploadCommand(file)}`;
}

function uploadCommand(file) {
  const headers = ['--header "Content-Type: application/octet-stream"', '--header "If-None-Match: *"'];
  const upload = command('"$UPLOAD_URL"', `--upload-file ${file}`, ...headers);
  return `# $UPLOAD_URL is upload.url of the answer\n${upload}`;
}

function wishes({ reference, metadata, tags, lane, options }, audio) {
  const told = { ...(audio ? { audio } : {}), ...(reference ? { reference } : {}), metadata, tags, lane, options };
  return JSON.stringify(told, null, 2);
}

function command(...parts) {
  return ["curl --fail-with-body", ...parts].join(" \\\n  ");
}

/** As one word of a shell. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
