"""One run of the fuzzer against a server, and what it sent."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SCRIPT = Path(sys.executable).with_name("schemathesis")
PHASES = "examples,coverage,fuzzing,stateful"


@dataclass(frozen=True)
class Plan:
    """How much is sent: cases an operation and phase, the seed that makes them again, and audio to refer to."""

    examples: int
    seed: int
    phases: str = PHASES
    s3_uri: str = "s3://sales-calls-eu/call-8842.wav"


@dataclass(frozen=True)
class Outcome:
    """What came of a run: its requests by operation and status, what was excused, and what it said."""

    ok: bool
    answers: Counter[tuple[str, int]]
    excused: Counter[str]
    said: str

    @property
    def requests(self) -> int:
        return self.answers.total()

    @property
    def failures(self) -> str:
        """Each failure with the request as curl, or all that was said where the fuzzer itself failed."""
        before, found, after = self.said.partition("= FAILURES =")
        return found + after if found else before


def fuzz(url: str, key: str, plan: Plan) -> Outcome:
    """Let the fuzzer loose on the API at `url` with `key`."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "tally.json"
        ended = subprocess.run(
            [
                *(SCRIPT, "--config-file", HERE / "schemathesis.toml", "run", f"{url}/v1/openapi.json"),
                *("--checks", "all", "--phases", plan.phases, "--no-color"),
                *("--max-examples", str(plan.examples), "--seed", str(plan.seed)),
            ],
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(HERE.parent),
                "CALLSCRIBE_API_KEY": key,
                "FUZZ_TALLY": str(told),
                "FUZZ_ROUND": str(plan.seed),
                "FUZZ_S3_URI": plan.s3_uri,
            },
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        tally = json.loads(told.read_text("utf-8")) if told.exists() else {"answers": [], "excused": {}}
    answers = Counter({(name, status): count for name, status, count in tally["answers"]})
    return Outcome(ended.returncode == 0, answers, Counter(tally["excused"]), ended.stdout + ended.stderr)
