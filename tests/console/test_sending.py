"""Recordings are dropped or chosen, followed, canceled, and explained when they fail."""

import re

from audio.files import wave, wave_format
from console.stage.service import SHORT
from console.stage.visitor import TRANSCRIBED_MS, card, choose, dialogue, drop, file
from playwright.sync_api import expect

SILENCE = wave(wave_format(), bytes(16_000))
SIGNED = re.compile("X-Amz-Signature")
G729 = wave(wave_format(tag=0x0083, bits=0), bytes(8_000))


def test_a_dropped_call_becomes_a_dialogue(inside):
    drop(inside, {"call.wav": SHORT.read_bytes()})

    expect(card(inside, "call.wav").get_by_role("progressbar")).to_have_count(1)
    card(inside, "call.wav").get_by_role("link", name="Read").click(timeout=TRANSCRIBED_MS)
    expect(inside.get_by_role("heading", name="call.wav")).to_be_visible()
    expect(dialogue(inside).get_by_role("listitem").first).to_contain_text("Customer")


def test_several_calls_are_chosen_at_once(inside):
    choose(inside, *(file(f"quiet-{number}.wav", SILENCE) for number in (1, 2, 3)))

    for number in (1, 2, 3):
        expect(card(inside, f"quiet-{number}.wav")).to_contain_text("Done", timeout=TRANSCRIBED_MS)


def test_the_upload_has_a_bar_of_its_own(inside):
    held = []
    inside.route(SIGNED, lambda route: held.append(route))  # noqa: PLW0108 - a builtin cannot be a handler

    with inside.expect_request(SIGNED):
        choose(inside, file("slow.wav", SILENCE))

    expect(inside.get_by_role("progressbar", name="Upload: slow.wav")).to_be_visible()
    held[0].continue_()
    expect(card(inside, "slow.wav")).to_contain_text("Done", timeout=TRANSCRIBED_MS)


def test_a_queued_call_is_canceled(inside, service):
    with service.idle_workers():
        choose(inside, file("waiting.wav", SILENCE))
        expect(card(inside, "waiting.wav")).to_contain_text("Queued")
        inside.get_by_role("button", name="Cancel: waiting.wav").click()

        expect(card(inside, "waiting.wav")).to_contain_text("Canceled")


def test_what_is_no_recording_is_explained(inside):
    choose(inside, file("letter.wav", b"Dear Sir or Madam, " * 40))

    expect(card(inside, "letter.wav")).to_contain_text("Failed", timeout=TRANSCRIBED_MS)
    expect(card(inside, "letter.wav")).to_contain_text("unsupported_format")
    expect(card(inside, "letter.wav")).to_contain_text(re.compile(r"[A-Z][a-z]+ [a-z ,]{20,}\."))


def test_a_codec_that_nobody_reads_is_explained(inside):
    choose(inside, file("exchange.wav", G729))

    expect(card(inside, "exchange.wav")).to_contain_text("Failed", timeout=TRANSCRIBED_MS)
    expect(card(inside, "exchange.wav")).to_contain_text(re.compile("unsupported_(codec|format)"))
    expect(inside.get_by_role("button", name="Try again: exchange.wav")).to_have_count(0)


def test_a_file_name_never_leaves_the_tab(inside):
    told = []
    inside.on("request", lambda request: told.append(f"{request.url} {request.headers} {request.post_data_buffer}"))

    choose(inside, file("madame-dupont.wav", SILENCE))
    expect(card(inside, "madame-dupont.wav")).to_contain_text("Done", timeout=TRANSCRIBED_MS)

    assert len(told) > 5
    assert [one for one in told if "dupont" in one] == []


def test_what_was_sent_is_still_listed_after_a_reload(inside):
    choose(inside, file("kept.wav", SILENCE))
    expect(card(inside, "kept.wav")).to_contain_text("Done", timeout=TRANSCRIBED_MS)

    inside.reload()

    expect(card(inside, "kept.wav")).to_contain_text("Done")
