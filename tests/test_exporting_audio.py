"""Recordings through the Python client and the command line, against the real application."""

import io

import httpx
import pytest
from client_world import NOW, URL, Wire, once
from heard import DERIVATIVE, ORIGINAL, PEAKS
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.session import Session
from api.client import ApiError, Client, StoreRefused, Unreachable
from shared.protocol.intents import PutObject

CALL = b"RIFF" + bytes(200)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def client(wire) -> Client:
    return wire.client()


def heard(wire: Wire, client: Client, listening=DERIVATIVE, audio: bytes = CALL) -> str:
    """The id of a call that was heard, with what is kept of it to listen to."""
    job_id = client.submit(audio).id
    wire.complete(job_id)
    told = {"media-type": listening.media_type, "duration-s": "14.0"}
    told["playable"] = "derivative" if listening.audio else "original"
    under = f"listening/sales/{job_id}/r1"
    wire.caller.world.perform(PutObject(f"{under}.json", PEAKS, told))
    if listening.audio:
        wire.caller.world.perform(PutObject(f"{under}.webm", listening.audio, {}))
    return job_id


def downloads(wire: Wire, *answers) -> None:
    """Let the store answer so before it gives what is there."""
    hook = once(*answers)
    wire.before.append(lambda request: hook(request) if request.url.scheme == "memory" else None)


def export(wire: Wire, *words: str):
    session = Session(lambda: NOW, wire, wire.pause)
    environment = {"CALLSCRIBE_URL": URL, "CALLSCRIBE_API_KEY": wire.caller.key}
    return CliRunner().invoke(app, ["export", *words, "--format", "audio"], obj=session, env=environment)


def test_a_client_knows_where_a_call_plays(client, wire):
    sound = client.audio(heard(wire, client))

    assert (sound.media_type, sound.is_original, sound.duration) == ("audio/webm", False, 14.0)
    assert sound.expires_at.timestamp() == pytest.approx(NOW + 3_600, abs=0.001)


def test_a_client_sees_how_loud_it_is(client, wire):
    [leg] = client.peaks(heard(wire, client)).channels

    assert (leg.role, leg.peaks) == ("agent", (0, 255))


def test_a_recording_comes_whole(client, wire):
    kept, told = io.BytesIO(), []

    client.download(client.audio(heard(wire, client, ORIGINAL)), kept, lambda *sizes: told.append(sizes))

    assert kept.getvalue() == CALL
    assert told[-1] == (len(CALL), len(CALL))


def test_a_download_that_broke_off_begins_anew(client, wire):
    sound, kept = client.audio(heard(wire, client)), io.BytesIO(b"half of something else")
    downloads(wire, httpx.ReadError("gone"))

    client.download(sound, kept)

    assert kept.getvalue() == DERIVATIVE.audio


@pytest.mark.parametrize(
    ("answer", "error"), [(httpx.Response(403), StoreRefused), (httpx.ReadError("gone"), Unreachable)]
)
def test_a_store_that_gives_nothing_is_named(wire, answer, error):
    client = wire.client(total_s=0.0)
    sound = client.audio(heard(wire, client))
    downloads(wire, answer)

    with pytest.raises(error, match="recording"):
        client.download(sound, io.BytesIO())


def test_a_call_that_was_not_heard_is_refused(client):
    with pytest.raises(ApiError, match="not_ready"):
        client.peaks(client.submit(CALL).id)


def test_recordings_go_into_a_folder_by_their_kind(wire, client, tmp_path):
    webm, wav = heard(wire, client), heard(wire, client, ORIGINAL, CALL + b"2")

    told = export(wire, webm, wav, "--to", str(tmp_path / "out"))

    assert told.exit_code == 0, told.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {
        f"{webm}.webm": DERIVATIVE.audio,
        f"{wav}.wav": CALL + b"2",
    }


def test_one_recording_goes_into_the_file(wire, client, tmp_path):
    told = export(wire, heard(wire, client), "--to", str(tmp_path / "call.webm"))

    assert (tmp_path / "call.webm").read_bytes() == DERIVATIVE.audio
    assert "4 bytes" in told.stderr


def test_a_recording_is_not_written_to_the_terminal(wire, client):
    told = export(wire, heard(wire, client))

    assert told.exit_code == 2
    assert "--to" in told.stderr


def test_a_call_without_recording_says_what_to_do(wire, client, tmp_path):
    job_id = client.submit(CALL).id
    wire.become(job_id, status="canceled")

    told = export(wire, job_id, "--to", str(tmp_path / "call.webm"))

    assert told.exit_code == 1
    assert "callscribe show" in told.stderr
