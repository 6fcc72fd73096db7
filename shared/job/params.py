"""What tells two sets of options apart, whatever order they came in."""

import hashlib
import json

from shared.job.options import Options


def params_hash(options: Options) -> str:
    """SHA-256 of the canonical form of `options`, in hexadecimal digits."""
    canonical = json.dumps(options.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
