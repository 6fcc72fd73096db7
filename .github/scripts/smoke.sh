#!/usr/bin/env bash
# Run a worker's image as it will run, on a known call: smoke.sh IMAGE
set -euo pipefail

docker run --rm --interactive --read-only --tmpfs /tmp --network none --cap-drop ALL \
    --security-opt no-new-privileges --entrypoint python "$1" - <docker/smoke.py
