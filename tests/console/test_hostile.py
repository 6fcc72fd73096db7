"""What strangers wrote stays text: names of files, transcripts, references; no element, no dialog, no turned line."""

from console.stage.answers import HOSTILE, MARKUP, hostile, put_in_place
from console.stage.service import SHORT
from console.stage.visitor import TRANSCRIBED_MS, card, choose, dialogue, file, go_to_call, word
from playwright.sync_api import expect

NAME = f"{MARKUP}.wav"
INJECTED = "document.querySelectorAll('main :is(script, style, iframe, object), main [onerror]').length"


def test_a_hostile_file_name_stays_text(inside):
    choose(inside, file(NAME, SHORT.read_bytes()))
    card(inside, NAME).get_by_role("link", name="Read").click(timeout=TRANSCRIBED_MS)

    expect(inside).to_have_title(f"{NAME} · Callscribe")
    expect(inside.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    assert inside.evaluate(INJECTED) == 0


def test_a_file_name_that_turns_the_line_turns_itself_alone(inside):
    choose(inside, file("call\u202evaw.exe", b"no recording"))

    shown = card(inside, "call\u202evaw.exe")
    expect(shown).to_contain_text("Failed", timeout=TRANSCRIBED_MS)
    badge, heading = shown.get_by_text("Failed", exact=True).bounding_box(), shown.get_by_role("heading").bounding_box()
    assert badge["x"] > heading["x"]


def test_a_hostile_transcript_stays_text(inside, call):
    put_in_place(inside, hostile(call.id))

    go_to_call(inside, call.id)

    for text in HOSTILE:
        expect(word(inside, text)).to_have_count(1)
    assert inside.evaluate(INJECTED) == 0
    assert dialogue(inside).locator("b, i, style, script, img").count() == 0


def test_hostile_text_that_was_left_out_is_shown_as_text(inside, call):
    put_in_place(inside, hostile(call.id))
    go_to_call(inside, call.id)
    about = inside.get_by_role("complementary")
    expect(about.get_by_text(HOSTILE[1], exact=True).first).to_be_hidden()

    about.get_by_text("left out").first.click()

    for text in HOSTILE:
        expect(about.get_by_text(text, exact=True).first).to_be_visible()
    expect(about.get_by_text("known_phrase").first).to_be_visible()
    assert inside.evaluate(INJECTED) == 0


def test_a_turned_word_does_not_turn_its_neighbours(inside, call):
    told = hostile(call.id)
    turns = told["utterances"]
    turns[3]["words"][0]["word"] = "\u202enruter"
    turns[3]["words"][1]["word"] = "afterwards"
    put_in_place(inside, told)
    go_to_call(inside, call.id)

    turned, next_word = word(inside, "\u202enruter").bounding_box(), word(inside, "afterwards").bounding_box()

    assert turned["x"] + turned["width"] <= next_word["x"] + 1


def test_hostile_references_and_tags_stay_text_in_the_list(inside, service):
    def answer(route):
        told = route.fetch().json()
        for job in told["data"]:
            job.update(reference=MARKUP, tags=[MARKUP], warnings=[MARKUP])
        route.fulfill(json=told)

    inside.route("**/v1/jobs?*", answer)

    inside.get_by_role("link", name="Service").click()

    expect(inside.get_by_role("link", name=MARKUP).first).to_be_visible()
    assert inside.evaluate(INJECTED) == 0
