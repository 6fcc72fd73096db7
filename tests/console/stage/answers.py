"""Answers that no engine gives on demand: a hostile transcript, an hour of talk; put in the place of the service's own."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

EXAMPLE = json.loads((Path(__file__).parents[2] / "transcript" / "example.json").read_text("utf-8"))
HOUR_S = 3_600.0
WORDS_A_TURN = 12
TURNS_AN_HOUR = 900
"""Ten thousand words: what two people say in an hour."""
INTERVAL_S = 0.05
MARKUP = "<img src=x onerror=alert(1)>"
HOSTILE = (
    MARKUP,
    "<script>alert(2)</script>",
    "</p><style>body{display:none}</style>",
    "\u202e<b>gnol</b>\u202c",  # reads from right to left in the middle of a line
    "&lt;i&gt; ${alert(3)} {{alert(4)}}",
    "javascript:alert(5)",
)


def transcript_of(job_id: str, utterances: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    """A transcript as the contract has it, with these utterances."""
    duration = max(HOUR_S, utterances[-1]["end"]) if len(utterances) > len(HOSTILE) else utterances[-1]["end"] + 1
    text = " ".join(one["text"] for one in utterances)
    return {**EXAMPLE, "job_id": job_id, "language": "en", "duration": duration, "text": text,
            "utterances": utterances, **parts}  # fmt: skip


def utterance(number: int, start: float, words: list[str], step_s: float = 0.3) -> dict[str, Any]:
    """A turn whose words follow each other every `step_s` seconds."""
    spoken = [
        {"word": word, "start": round(start + place * step_s, 2), "end": round(start + (place + 1) * step_s, 2), "confidence": 0.9}
        for place, word in enumerate(words)
    ]  # fmt: skip
    parts = {"id": number, "channel": number % 2, "speaker": ("agent", "customer")[number % 2], "language": "en"}
    return {**EXAMPLE["utterances"][0], **parts, "start": start, "end": spoken[-1]["end"],
            "text": " ".join(words), "words": spoken}  # fmt: skip


def hostile(job_id: str) -> dict[str, Any]:
    """Markup, scripts and turned text wherever a transcript holds text that somebody said or named."""
    turns = [utterance(number, 2.0 * number, [text, "word"]) for number, text in enumerate(HOSTILE)]
    turns[1]["speaker"] = MARKUP
    left_out = [{**EXAMPLE["suppressed"][0], "text": text, "reasons": [MARKUP, "known_phrase"]} for text in HOSTILE]
    channels = [{**EXAMPLE["channels"][0]}, {**EXAMPLE["channels"][1], "role": MARKUP}]
    return transcript_of(job_id, turns, suppressed=left_out, channels=channels, warnings=[MARKUP], reference=MARKUP)


def hour(job_id: str) -> dict[str, Any]:
    """An hour in which two people take turns; every hundredth turn says `landmark`."""

    def said(number: int) -> list[str]:
        words = [f"w{number}x{place}" for place in range(WORDS_A_TURN - 1)]
        return [*words, "landmark" if number % 100 == 0 else "filler"]

    step_s = HOUR_S / TURNS_AN_HOUR
    return transcript_of(job_id, [utterance(number, number * step_s, said(number)) for number in range(TURNS_AN_HOUR)])


def peaks(job_id: str, duration: float) -> dict[str, Any]:
    """A wave for each of two parties."""
    count = int(duration / INTERVAL_S)
    legs = [
        {"index": index, "role": role, "peaks": [(place * (7 + index)) % 256 for place in range(count)]}
        for index, role in enumerate(("agent", "customer"))
    ]
    return {"schema_version": "1.0", "object": "peaks", "job_id": job_id, "duration": duration,
            "interval_s": INTERVAL_S, "channels": legs}  # fmt: skip


def put_in_place(page: Page, transcript: dict[str, Any]) -> None:
    """Let the service answer with this transcript, and with peaks as long as it."""
    job_id = transcript["job_id"]
    wave = peaks(job_id, transcript["duration"])
    page.route(f"**/v1/jobs/{job_id}/transcript*", lambda route: route.fulfill(json=transcript))
    page.route(f"**/v1/jobs/{job_id}/peaks", lambda route: route.fulfill(json=wave))
