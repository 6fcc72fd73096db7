"""The service: a list that refreshes without a flicker, filters, cancel, retry, delete, lanes, deliveries, failures."""

import pytest
from audio.files import wave, wave_format
from console.stage.visitor import TRANSCRIBED_MS, go_to_call, wait_until
from playwright.sync_api import expect

from api.client import Wishes

SILENCE = wave(wave_format(), bytes(16_000))
MINUTE = wave(wave_format(), bytes(16_000 * 60))
NOTED = """
() => {
  const rows = document.querySelector("tbody").rows;
  window.rows = [...rows];
  window.flicker = 0;
  new MutationObserver((changes) => { window.flicker += changes.length; })
    .observe(document.querySelector("tbody"), { childList: true });
}
"""
SAME = "[...document.querySelector('tbody').rows].every((row, place) => row === window.rows[place])"


def is_list(response):
    return "/v1/jobs?" in response.url and "limit=20" in response.url


@pytest.fixture
def at_service(inside):
    inside.get_by_role("link", name="Service").click()
    expect(inside.get_by_role("heading", name="Service", level=1)).to_be_visible()
    return inside


def row(page, reference):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=reference, exact=True))


def test_a_refresh_changes_no_row_and_no_focus(at_service, call):
    expect(row(at_service, f"…{call.id[-6:]}")).to_be_visible()
    focused = at_service.get_by_role("button", name=f"Delete: …{call.id[-6:]}")
    focused.focus()
    at_service.evaluate(NOTED)

    for _ in range(2):
        with at_service.expect_response(is_list):
            pass
    wait_until(at_service, "await new Promise((drawn) => requestAnimationFrame(() => drawn(true)))")

    expect(focused).to_be_focused()
    assert at_service.evaluate("window.flicker") == 0
    assert at_service.evaluate(SAME)


def test_a_list_is_filtered_by_status(at_service, service, call):
    failed = service.ended(b"no recording at all", Wishes(reference="letter"))

    at_service.get_by_role("checkbox", name="Failed").check()

    expect(row(at_service, "letter")).to_contain_text("Failed")
    expect(row(at_service, f"…{call.id[-6:]}")).to_have_count(0)
    assert failed.status == "failed"


def test_a_waiting_call_is_canceled_and_tried_again(at_service, service):
    with service.idle_workers():
        service.sent(SILENCE, Wishes(reference="waiting"))
        expect(row(at_service, "waiting")).to_contain_text("Queued")

        at_service.get_by_role("button", name="Cancel: waiting").click()
        expect(row(at_service, "waiting")).to_contain_text("Canceled")
        at_service.get_by_role("button", name="Try again: waiting").click()

        expect(row(at_service, "waiting")).to_contain_text("Queued")


def test_deleting_asks_first_and_escape_keeps(at_service, service):
    service.ended(SILENCE, Wishes(reference="kept"))
    delete = at_service.get_by_role("button", name="Delete: kept")
    delete.click()
    expect(at_service.get_by_role("dialog")).to_be_visible()

    at_service.keyboard.press("Escape")

    expect(at_service.get_by_role("dialog")).to_be_hidden()
    expect(delete).to_be_focused()
    expect(row(at_service, "kept")).to_contain_text("Done")


def test_a_deleted_call_says_so_and_is_gone(at_service, service, watch):
    watch.expects("410")
    job = service.ended(SILENCE, Wishes(reference="goner"))
    at_service.get_by_role("button", name="Delete: goner").click()

    at_service.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(at_service.get_by_role("button", name="Delete: goner")).to_have_count(0)
    at_service.evaluate("(id) => { location.hash = `#/calls/${id}`; }", job.id)

    expect(at_service.get_by_role("heading", name="This call is not here")).to_be_visible()


def test_a_lane_says_how_much_waits(at_service, service):
    lane = at_service.get_by_role("region", name="What is waiting")

    with service.idle_workers():
        service.sent(MINUTE)

        expect(lane).to_contain_text("1 min", timeout=TRANSCRIBED_MS)


def test_a_failed_call_is_explained_with_its_code(inside, service):
    job = service.ended(b"no recording at all")

    go_to_call(inside, job.id)

    main = inside.get_by_role("main")
    expect(main).to_contain_text("Failed")
    expect(main).to_contain_text("unsupported_format")
    expect(main).to_contain_text("not a recording that can be read")


def test_a_delivery_is_shown_with_its_answer(at_service, service):
    webhook = service.client.webhooks.create("http://127.0.0.1:9/hook", ("job.completed",))
    service.client.webhooks.test(webhook.id)

    shown = at_service.get_by_role("region", name="Webhooks")

    expect(shown).to_contain_text("127.0.0.1:9/hook", timeout=TRANSCRIBED_MS)
    expect(shown).to_contain_text("webhook.test")
