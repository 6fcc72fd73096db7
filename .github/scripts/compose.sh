#!/usr/bin/env bash
# The whole service in containers hears one bundled call, sent and read as any client would.
set -euo pipefail

compose=(docker compose --file docker/compose.yaml)
trap '"${compose[@]}" logs --tail 100 && "${compose[@]}" down --volumes --timeout 30' EXIT

"${compose[@]}" up --build --wait --wait-timeout 600
key=$("${compose[@]}" exec -T api callscribe keys create --tenant sales)
"${compose[@]}" exec -T --env CALLSCRIBE_API_KEY="$key" api python - <<'PYTHON'
import json
from importlib import resources

from api.client import Client, Wishes
from shared.accuracy import compare
from shared.settings import ClientSettings

calls = resources.files("api") / "console" / "calls"
settings = ClientSettings()
heard = Client(settings.url, settings.api_key).transcribe(
    (calls / "appointment-en.mp3").read_bytes(), Wishes(language="en"), within_s=300
)
said = json.loads((calls / "appointment-en.json").read_text("utf-8"))["channels"][0]["text"]
wer = compare(said, heard.text).wer
print(f"WER {wer:.3f}")
raise SystemExit(wer > 0.20)
PYTHON
