"""The door: a key is asked for once, refused in words, and known to one tab alone."""

from console.stage.visitor import enter
from playwright.sync_api import expect

WRONG = "csk_AAAAAAAAAA_" + "a" * 43


def test_what_is_no_key_is_refused_unsent(page, watch):
    page.get_by_label("API key").fill("secret")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("This is no key")
    assert [url for url in watch.asked if "/v1/" in url] == []


def test_a_wrong_key_is_refused_in_words(page, watch):
    watch.expects("401")

    page.get_by_label("API key").fill(WRONG)
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("(unauthenticated)")
    expect(page.get_by_label("API key")).to_have_value(WRONG)


def test_a_key_survives_a_reload(page, service):
    enter(page, service.key)

    page.reload()

    expect(page.get_by_role("button", name="Forget key")).to_be_visible()


def test_a_key_stays_in_its_tab(page, service):
    enter(page, service.key)

    other = page.context.new_page()
    other.goto(service.url)

    expect(other.get_by_label("API key")).to_be_visible()
    assert page.evaluate("JSON.stringify(localStorage)").find("csk_") == -1
    assert page.context.cookies() == []


def test_a_forgotten_key_is_gone(page, service):
    enter(page, service.key)

    page.get_by_role("button", name="Forget key").click()
    page.reload()

    expect(page.get_by_label("API key")).to_be_visible()


def test_a_key_revoked_meanwhile_is_asked_for_again(page, service, watch):
    watch.expects("401")
    enter(page, service.key)
    page.route(
        "**/v1/**", lambda route: route.fulfill(status=401, json={"code": "unauthenticated", "detail": "Revoked."})
    )

    page.get_by_role("link", name="Service").click()

    expect(page.get_by_label("API key")).to_be_visible()
