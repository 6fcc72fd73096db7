"""A finished call is heard and read: a word plays, the spoken word is lit, a search finds, the language changes."""

from itertools import pairwise

import pytest
from audio.files import encoded
from console.stage.visitor import dialogue, go_to_call, paused_at, play_from, speak_language, wait_until, word
from playwright.sync_api import expect

IN_OTHER_WORDS = [
    ("Français", "fr", "Ce qui s\u2019est dit"),
    ("Deutsch", "de", "Was gesagt wurde"),
    ("Italiano", "it", "Cosa è stato detto"),
]


def test_a_click_on_a_word_plays_from_its_start(inside, call):
    wanted = call.rare_words[-4]
    go_to_call(inside, call.id)

    went = play_from(inside, wanted["word"])

    assert wanted["start"] - 0.1 <= went["at"] <= wanted["start"] + 0.1 + went["after_s"]
    assert inside.evaluate("window.lit[0]") == wanted["word"]


def test_playing_lights_one_word_after_the_other(inside, call):
    go_to_call(inside, call.id)

    play_from(inside, call.rare_words[0]["word"])
    wait_until(inside, "window.lit.length >= 6")
    lit = inside.evaluate("window.lit")

    spoken = iter([one["word"] for one in sorted(call.words, key=lambda one: one["start"])])
    assert [one for one in lit if one not in spoken] == []


def test_the_space_bar_plays_and_pauses(inside, call):
    go_to_call(inside, call.id)
    expect(inside.get_by_role("button", name="Play", exact=True)).to_be_enabled()

    inside.keyboard.press("Space")
    expect(inside.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    inside.keyboard.press("Space")

    expect(inside.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_the_speed_is_chosen(inside, call):
    go_to_call(inside, call.id)

    inside.get_by_label("Speed").select_option(label="1.5\u00d7")
    play_from(inside, call.rare_words[0]["word"])

    assert inside.evaluate("window.heard.playbackRate") == 1.5


def test_what_no_browser_plays_is_heard_as_a_copy(inside, service):
    call = service.heard(encoded("flac", "flac", 8_000, 2.0))
    go_to_call(inside, call.id)

    inside.get_by_role("button", name="Play", exact=True).click()

    wait_until(inside, "window.heard?.currentTime > 0.3")
    assert call.transcript["duration"] == pytest.approx(inside.evaluate("window.heard.duration"), abs=0.1)


def test_a_call_is_searched_step_by_step(inside, call):
    text = " ".join(one["text"].lower() for one in call.transcript["utterances"])
    wanted = max((one for one in set(text.split()) if one.isascii() and one.isalpha() and len(one) > 2), key=text.count)
    count = text.count(wanted)
    go_to_call(inside, call.id)

    inside.get_by_role("searchbox").fill(wanted)

    expect(inside.get_by_role("search")).to_contain_text(f"1 of {count}")
    inside.get_by_role("button", name="Next hit").click()
    expect(inside.get_by_role("search")).to_contain_text(f"{min(2, count)} of {count}")


def test_what_nobody_said_is_not_found(inside, call):
    go_to_call(inside, call.id)

    inside.get_by_role("searchbox").fill("zeppelin")

    expect(inside.get_by_role("search")).to_contain_text("Not said")
    inside.keyboard.press("Escape")
    expect(inside.get_by_role("searchbox")).to_have_value("")


@pytest.mark.parametrize(("name", "code", "heading"), IN_OTHER_WORDS)
def test_another_language_keeps_the_place(inside, call, name, code, heading):
    go_to_call(inside, call.id)
    play_from(inside, call.rare_words[-4]["word"])
    place = paused_at(inside)

    speak_language(inside, name)

    expect(inside.get_by_role("region", name=heading)).to_be_visible()
    expect(inside.get_by_role("slider")).to_have_attribute("aria-valuenow", str(round(place)))
    assert inside.locator("html").get_attribute("lang") == code


def test_a_language_once_chosen_is_kept(inside, service):
    speak_language(inside, "Deutsch")

    other = inside.context.new_page()
    other.goto(service.url)

    expect(other.get_by_label("API-Schlüssel")).to_be_visible()


def test_the_first_language_is_the_browsers(visit):
    with visit(locale="it-CH") as page:
        expect(page.get_by_label("Chiave API")).to_be_visible()


def test_a_transcript_is_saved_in_every_form(inside, service, call):
    go_to_call(inside, call.id)

    for form in ("txt", "json", "srt", "vtt"):
        with inside.expect_download() as saved:
            inside.get_by_role("button", name=f"{form.upper()}:").click()
        assert saved.value.path().read_text("utf-8") == service.client.export(call.id, form)
        assert saved.value.suggested_filename.endswith(form)


def test_a_command_is_copied_without_the_key(inside, service, call):
    inside.context.grant_permissions(["clipboard-read", "clipboard-write"])
    go_to_call(inside, call.id)

    inside.get_by_role("button", name="Read the text").click()
    wait_until(inside, "(await navigator.clipboard.readText()).includes('/transcript')")

    copied = inside.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl ")
    assert service.key not in copied


def test_the_lines_stand_in_the_order_of_the_call(inside, call):
    go_to_call(inside, call.id)
    last = call.transcript["utterances"][-1]
    expect(word(inside, call.rare_words[0]["word"])).to_be_visible()

    shown = dialogue(inside).get_by_role("button", name="Play from").all_inner_texts()

    seconds = [int(minutes) * 60 + int(rest) for minutes, rest in (one.split(":") for one in shown)]
    assert len(shown) == len(call.transcript["utterances"])
    assert all(one <= other for one, other in pairwise(seconds))
    assert seconds[-1] == int(last["start"])
