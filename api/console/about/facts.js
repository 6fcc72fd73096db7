/** The facts of a call, for whoever asks how its text was made: folded, in groups, one line each. */

import { moment, nameOfLanguage, number, percent, size, span } from "../core/format.js";
import { h } from "../core/html.js";
import { nameOfParty, toneOf } from "../core/parties.js";
import { say } from "../core/words.js";

const SILENT_DBFS = -120;

/**
 * @param {object} transcript of the contract
 * @param {object} job of the contract
 * @returns {HTMLElement} folded
 */
export function facts(transcript, job) {
  return h("details", { class: "findings-facts" },
    h("summary", {}, say("findings.facts.title")),
    group("findings.facts.recording", recording(transcript, job)),
    ...transcript.channels.map((channel) => leg(channel)),
    group("findings.facts.making", making(transcript, job)),
    group("findings.facts.keeping", keeping(transcript, job)));
}

function recording({ duration, audio, language_candidates }, job) {
  const { codec, sample_rate_hz, channels, bytes } = job.audio;
  const declared = audio.declared_duration;
  return [
    ["duration", span(duration)],
    ["declared", declared !== null && declared !== duration && span(declared)],
    ["codec", codec && h("code", {}, codec)],
    ["sample_rate", sample_rate_hz && `${number(sample_rate_hz)} Hz`],
    ["channels", channels],
    ["size", bytes && size(bytes)],
    ["bad_packets", audio.bad_packets],
    ["languages", candidates(language_candidates)],
  ];
}

function candidates(all) {
  return all.map(({ language: code, confidence }) => `${nameOfLanguage(code)} ${percent(confidence)}`).join(", ");
}

function leg({ index, role, status, language: spoken, speech_s, rms_dbfs, clipped_ratio, crosstalk_db }) {
  const decibels = (level) => `${number(level)} dB`;
  return h("section", { data: { tone: toneOf(role, index) } },
    h("h3", {}, `${say("role.channel", { number: index + 1 })} · ${nameOfParty(role, index)}`),
    list([
      ["status", say(`findings.channel.${status}`)],
      ["language", spoken && nameOfLanguage(spoken)],
      ["speech", span(speech_s)],
      ["level", rms_dbfs > SILENT_DBFS && `${decibels(rms_dbfs)}FS`],
      ["clipped", clipped_ratio > 0 && percent(clipped_ratio, 1)],
      ["crosstalk", crosstalk_db !== null && decibels(crosstalk_db)],
    ]));
}

function making({ processing: made, duration }, { timing, options }) {
  const { queued_s, processing_s } = timing;
  return [
    ["model", made.model],
    ["engine", `${made.engine} ${made.engine_version}`],
    ["device", `${made.device} · ${made.compute_type}`],
    ["asked_language", options.language === "auto" ? say("findings.facts.auto") : nameOfLanguage(options.language)],
    ["queued", span(queued_s)],
    ["processing", processing_s !== null && `${span(processing_s)}${faster(duration, processing_s)}`],
    ["decoding", span(made.decode_s)],
    ["recognition", span(made.engine_s)],
    ["attempt", made.attempt],
    ["model_sha256", h("code", {}, made.model_sha256.slice(0, 12))],
    ["worker", made.worker_version],
  ];
}

function faster(duration, took_s) {
  if (took_s <= 0 || duration <= took_s) return "";
  return ` (${say("findings.facts.faster", { times: number(duration / took_s) })})`;
}

function keeping({ revision, created_at }, { id, reference, batch_id, revision_of, completed_at, expires }) {
  return [
    ["job", h("code", {}, id)],
    ["reference", reference],
    ["batch", batch_id && h("code", {}, batch_id)],
    ["revision", revision_of && revision],
    ["made_at", moment(completed_at ?? created_at)],
    ["audio_until", expires.audio_at && moment(expires.audio_at, { dateStyle: "long" })],
    ["text_until", expires.transcript_at && moment(expires.transcript_at, { dateStyle: "long" })],
  ];
}

function group(title, rows) {
  return h("section", {}, h("h3", {}, say(title)), list(rows));
}

function list(rows) {
  const told = rows.filter(([, value]) => value || value === 0);
  return h("dl", { class: "facts-list" },
    told.map(([name, value]) => h("div", {}, h("dt", {}, say(`findings.fact.${name}`)), h("dd", {}, value))));
}
