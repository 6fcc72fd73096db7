"""The compose file: reached from this machine alone, every container in a cell, started in the order of need."""

import ipaddress
import subprocess

import pytest
import yaml
from images.dockerfile import read
from lambdas.layout import ROOT

from shared.settings import refuse_misspelt

FILE = ROOT / "docker" / "compose.yaml"
SERVICES = yaml.safe_load(FILE.read_text("utf-8"))["services"]
WORDS = "/run/callscribe/words"
SAID = "CALLSCRIBE_TABLE=jobs\nCALLSCRIBE_ALLOWED_BUCKETS=\nready http://127.0.0.1:4566\n"


def test_ports_open_on_this_machines_loopback_alone():
    hosts = [port.split(":")[0] for service in SERVICES.values() for port in service.get("ports", [])]

    assert len(hosts) == 2
    assert all(ipaddress.ip_address(host).is_loopback for host in hosts)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_little(name):
    service = SERVICES[name]

    assert service["read_only"]
    assert (service["user"], service["cap_drop"], service["security_opt"]) == (
        "10001:10001",
        ["ALL"],
        ["no-new-privileges:true"],
    )
    assert {"privileged", "cap_add", "devices", "pid", "ipc"} & service.keys() == set()


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_take_little(name):
    service = SERVICES[name]

    assert {"mem_limit", "pids_limit"} <= service.keys()
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]


@pytest.mark.parametrize("name", ["emulator", "api", "worker"])
def test_the_processes_share_one_loopback(name):
    assert SERVICES[name]["network_mode"] == "service:door"


@pytest.mark.parametrize("name", ["api", "worker"])
def test_nobody_starts_before_the_emulator_answers(name):
    assert SERVICES[name]["depends_on"] == {"emulator": {"condition": "service_healthy"}}


def test_only_the_emulators_words_are_shared():
    assert {name: service.get("volumes") for name, service in SERVICES.items()} == {
        "door": None,
        "emulator": ["words:/run/callscribe"],
        "api": ["words:/run/callscribe:ro"],
        "worker": ["words:/run/callscribe:ro"],
    }


@pytest.mark.parametrize("name", ["api", "worker"])
def test_a_process_starts_with_what_the_emulator_said(name, tmp_path):
    shell, option, script, command = SERVICES[name]["entrypoint"]
    (tmp_path / "words").write_text(SAID)
    here = script.replace("$$", "$").replace(WORDS, str(tmp_path / "words"))

    told = subprocess.run(
        [shell, option, here, "printenv", "CALLSCRIBE_TABLE"], capture_output=True, text=True, check=True
    )

    assert (told.stdout, command) == ("jobs\n", f"callscribe-{name}")


def test_the_emulator_is_healthy_once_it_has_said_ready(tmp_path):
    (tmp_path / "words").write_text(SAID)
    _, *test = SERVICES["emulator"]["healthcheck"]["test"]

    ready = subprocess.run([word.replace(WORDS, str(tmp_path / "words")) for word in test], check=False)

    assert ready.returncode == 0


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_is_one(name):
    refuse_misspelt(key for key in SERVICES[name].get("environment", {}) if key.startswith("CALLSCRIBE_"))


def test_the_worker_has_its_own_health_and_enough_time_to_hand_back():
    worker = SERVICES["worker"]

    assert "healthcheck" not in worker
    assert worker["stop_grace_period"] == "60s"


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_built_from_a_dockerfile_that_is_there(name):
    build = SERVICES[name]["build"]
    arguments = {one.value.partition("=")[0] for one in read(ROOT / build["dockerfile"]) if one.word == "ARG"}

    assert build["context"] == ".."
    assert build.get("args", {}).keys() <= arguments
