"""What the page at /console is made of: nothing of it is anybody else's but what is vendored, and no text is markup."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from supply.checks.licences import ACCEPTED

from api.routes.page import FOLDER, TEXTS, WAVE_STYLE

FILES = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}
OURS = {name: path for name, path in FILES.items() if not name.startswith(("vendor/", "calls/"))}
SCRIPTS = {name: path.read_text("utf-8") for name, path in OURS.items() if name.endswith(".js")}
DOCUMENT = FILES["index.html"].read_text("utf-8")
WAVESURFER = FILES["vendor/wavesurfer.esm.js"].read_text("utf-8")
VENDOR = json.loads(FILES["vendor/vendor.json"].read_text("utf-8"))
MAKES_MARKUP = (
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|srcdoc|document\.write|createContextualFragment|DOMParser"
    r"|\beval\(|new Function|setAttribute\(\s*[\"']style|javascript:"
)
IMPORTED = re.compile(r"(?:\bfrom\s*|\bimport\s*\(?\s*)[\"'](\.[^\"']+)[\"']")


class Tags(HTMLParser):
    """Every element of a document: its name, its attributes, and the text right behind it."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        if self.found:
            self.found[-1][2] += data.strip()


NAMED = {given.get("src") or given.get("href") for _, given, _ in Tags(DOCUMENT).found} - {None}


def test_the_style_that_is_let_in_is_wavesurfers():
    style = re.search(r"<style\$\{.*?\}>(.*?)</style>", WAVESURFER).group(1).replace("\\n", "\n")
    height_px = re.search(r"WAVE_HEIGHT_PX = (\d+);", SCRIPTS["core/trust.js"]).group(1)

    filled, heights = re.subn(r"\$\{this\.getHeight\(.*?\)\}", height_px, style)

    assert heights == 1
    assert f"sha256-{base64.b64encode(hashlib.sha256(filled.encode()).digest()).decode()}" == WAVE_STYLE


def test_the_vendored_file_is_the_one_that_was_read():
    assert VENDOR["sha256"] == hashlib.sha256(FILES[f"vendor/{VENDOR['file']}"].read_bytes()).hexdigest()
    assert VENDOR["licence"] in ACCEPTED
    assert set(FILES["vendor/LICENSE"].parent.iterdir()) == {
        FILES[f"vendor/{n}"] for n in ("LICENSE", "vendor.json", VENDOR["file"])
    }


def test_the_document_holds_no_script_and_no_style():
    tags = Tags(DOCUMENT).found

    assert [text for tag, _, text in tags if tag in ("script", "style") and text] == []
    assert [name for _, given, _ in tags for name in given if name == "style" or name.startswith("on")] == []
    assert not {"style", "base", "iframe", "object", "form"} & {tag for tag, _, _ in tags}


def test_the_page_finds_its_files_below_a_stage():
    places = {urljoin("/live/console", one) for one in NAMED}

    assert {place for place in places if not place.startswith("/live/console/")} == set()


def test_all_that_the_page_names_is_there():
    places = {urljoin("/console", one) for one in NAMED}
    for name, text in SCRIPTS.items():
        places |= {urljoin(f"/console/{name}", one) for one in IMPORTED.findall(text)}

    assert {place.removeprefix("/console/") for place in places} - set(FILES) == set()


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name].suffix in TEXTS])
def test_no_file_names_a_foreign_host(name):
    hosts = re.findall(r"(?:https?:)?//([\w.-]+\.\w+|localhost)", FILES[name].read_text("utf-8"))

    assert set(hosts) <= {"www.w3.org"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_of_ours_makes_markup_of_text(name):
    assert re.findall(MAKES_MARKUP, SCRIPTS[name]) == []
    assert "createPolicy" not in SCRIPTS[name] or name == "core/trust.js"


def test_a_script_is_a_screen_or_two():
    folders = [path.parent for name, path in OURS.items() if name.endswith(".js")]

    assert {name for name, text in SCRIPTS.items() if len(text.splitlines()) > 200} == set()
    assert max(map(folders.count, folders)) <= 12
