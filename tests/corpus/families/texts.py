"""Texts that make FFmpeg open what they name: playlists, lists of files, session descriptions.

`{file}` becomes the path of a file that must not be read, `{port}` that of a listener that nobody may knock at.
"""

from corpus.entries import Entry, refused

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=call\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S">'
    '<Period><AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="1">'
    "<BaseURL>http://127.0.0.1:{port}/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"
)
TEXTS = {
    "71": ("HLS of http", HLS + "#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n"),
    "72": ("HLS of a file", HLS + "#EXTINF:1,\nfile://{file}\n#EXT-X-ENDLIST\n"),
    "73": ("HLS with a key", HLS + '#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:{port}/key"\n#EXTINF:1,\n{file}\n'),
    "74": ("HLS with a map", HLS + '#EXT-X-MAP:URI="{file}"\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.m4s\n'),
    "75": ("HLS of playlists", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/low.m3u8\n"),
    "76": ("ffconcat of a neighbour", "ffconcat version 1.0\nfile 'neighbour.wav'\nfile '{file}'\n"),
    "77": ("ffconcat of itself", "ffconcat version 1.0\nfile '77.m3u8'\nfile '/dev/fd/0'\n"),
    "78": ("ffconcat of 200,000 files", "ffconcat version 1.0\n" + "file '{file}'\n" * 200_000),
    "79": ("SDP", SDP),
    "80": ("DASH", DASH),
}


def filled(text, file, port):
    return text.replace("{file}", str(file)).replace("{port}", str(port)).encode()


def hostile(file="/etc/hostname", port=9):
    """The texts by number: name, and bytes that name `file` and `port`."""
    return {number: (name, filled(text, file, port)) for number, (name, text) in TEXTS.items()}


ENTRIES: list[Entry] = [refused(number, name, text, "unsupported_format") for number, (name, text) in hostile().items()]
