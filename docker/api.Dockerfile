# The API and the emulator of AWS, for compose. In the cloud the API is functions: infra/package.py builds those.

FROM python:3.12-slim-bookworm@sha256:54c85f3c47607a77f32adec749d3c81d1348bf25833671f512b26a9b6d778cb3 AS base

FROM base AS packages
# The emulator pins botocore, so it has an environment of its own.
RUN --mount=type=bind,source=docker/lock,target=/lock \
    python -m venv --without-pip /opt/emulator \
    && pip --python /opt/emulator/bin/python install --no-cache-dir --only-binary=:all: --require-hashes -r /lock/emulator.txt
RUN --mount=type=bind,source=docker/lock,target=/lock \
    python -m venv --without-pip /opt/callscribe \
    && pip --python /opt/callscribe/bin/python install --no-cache-dir --only-binary=:all: --require-hashes -r /lock/api-local.txt

FROM packages AS wheel
COPY pyproject.toml README.md LICENSE /source/
COPY api /source/api
COPY shared /source/shared
COPY worker /source/worker
# The same tree gives the same wheel: every file in it has this moment.
RUN SOURCE_DATE_EPOCH=315532800 \
    pip --python /opt/callscribe/bin/python wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel /source

FROM packages
COPY --chmod=0555 docker/door.py /opt/door.py
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    pip --python /opt/callscribe/bin/python install --no-cache-dir --no-index --no-deps /wheel/*.whl
ENV PATH=/opt/callscribe/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    CALLSCRIBE_EMULATOR_PYTHON=/opt/emulator/bin/python

USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8080/v1/health', timeout=4)"]
ENTRYPOINT ["callscribe-api"]
