"""Everybody reaches everything: by keyboard, by screen reader, on a telephone and on a wall, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from console.stage.house import HOUSE, USUAL, watched
from console.stage.views import VIEWS
from console.stage.visitor import enter, speak_language
from playwright.sync_api import expect

SERIOUS = ("serious", "critical")
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1920, "height": 1080}
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"
STOPS_OF_A_DATE = 8
"""A field for a date holds stops of its own: day, month, year, hour, minute, calendar."""
STOPS = """
() => {
  const can = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const isStop = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0;
  return [...document.querySelectorAll(can)].filter(isStop).length;
}
"""
FOCUSED = """
() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  window.stops ??= [];
  if (!window.stops.includes(one)) window.stops.push(one);
  const ring = getComputedStyle(one).outlineStyle !== "none";
  const isHidden = one.offsetWidth <= 1 || one.offsetHeight <= 1;
  // The browser itself marks which part of a date has the focus.
  const isSeen = ring || isHidden || one.matches("[type^='date']");
  return { count: window.stops.length, told: one.outerHTML.slice(0, 90), isSeen };
}
"""


def findings(page):
    told = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [one for one in told if one["impact"] in SERIOUS]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in serious for node in one["nodes"]]


@pytest.fixture(scope="module", params=VIEWS)
def shown(request):
    """A view as it stands; its tests leave it as they found it."""
    HOUSE.browser  # noqa: B018 - without one nobody waits for the service
    with watched() as watch, HOUSE.visiting(watch, reduced_motion="reduce") as page:
        VIEWS[request.param](page, HOUSE.room)
        yield page


def test_a_view_has_no_serious_finding_by_day(shown):
    assert findings(shown) == []


def test_a_view_has_no_serious_finding_by_night(shown):
    shown.emulate_media(color_scheme="dark", reduced_motion="reduce")

    told = findings(shown)

    shown.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert told == []


def test_the_tab_key_reaches_everything(shown):
    stops, reached = shown.evaluate(STOPS), []

    for _ in range(STOPS_OF_A_DATE * stops):
        shown.keyboard.press("Tab")
        reached.append(shown.evaluate(FOCUSED))
        if reached[-1] and reached[-1]["count"] >= stops:
            break

    assert reached[-1]["count"] >= stops
    assert [one["told"] for one in reached if one and not one["isSeen"]] == []


def test_a_view_fits_a_wall(shown):
    shown.set_viewport_size(WIDE)

    document, window = shown.evaluate(WIDTHS)

    shown.set_viewport_size(USUAL["viewport"])
    assert document <= window


def test_a_view_fits_a_telephone_in_german(shown):
    shown.set_viewport_size(NARROW)
    speak_language(shown, "Deutsch")
    expect(shown.locator("html")).to_have_attribute("lang", "de")
    expect(shown.get_by_role("heading", level=1)).to_be_visible()
    shown.evaluate(UNFOLD)

    document, window = shown.evaluate(WIDTHS)
    told = findings(shown)

    speak_language(shown, "English")
    shown.set_viewport_size(USUAL["viewport"])
    assert document <= window
    assert told == []


def test_the_way_to_the_content_can_be_cut_short(visit, service):
    with visit() as page:
        enter(page, service.key)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.get_by_role("main")).to_be_focused()
