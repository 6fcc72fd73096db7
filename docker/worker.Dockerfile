# The worker: one process, one card. What it is built with, and how: docker/README.md.
# No CUDA base image: cuBLAS is a wheel of the lock, the driver comes from the host.

FROM python:3.12-slim-bookworm@sha256:54c85f3c47607a77f32adec749d3c81d1348bf25833671f512b26a9b6d778cb3 AS base

# What changes least comes first: the packages, then the model, then our own few megabytes.
FROM base AS packages
# `worker` without a card, `worker-gpu` with one.
ARG LOCK=worker-gpu
RUN --mount=type=bind,source=docker/lock,target=/lock \
    python -m venv --without-pip /opt/callscribe \
    && pip --python /opt/callscribe/bin/python install --no-cache-dir --only-binary=:all: --require-hashes -r "/lock/${LOCK}.txt"

FROM packages AS wheel
COPY pyproject.toml README.md LICENSE /source/
COPY api /source/api
COPY shared /source/shared
COPY worker /source/worker
# The same tree gives the same wheel: every file in it has this moment.
RUN SOURCE_DATE_EPOCH=315532800 \
    pip --python /opt/callscribe/bin/python wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel /source

# Another model takes the place of this stage: --build-context model=FOLDER --build-arg MODEL=its-name.
FROM scratch AS model
COPY worker/models/callscribe-small /

FROM packages
ARG MODEL=callscribe-small
COPY --link --chmod=0555 --from=model / /models/${MODEL}/
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    pip --python /opt/callscribe/bin/python install --no-cache-dir --no-index --no-deps /wheel/*.whl
ENV PATH=/opt/callscribe/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    HF_HUB_OFFLINE=1 \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    LD_LIBRARY_PATH=/opt/callscribe/lib/python3.12/site-packages/nvidia/cublas/lib \
    CALLSCRIBE_MODEL=/models/${MODEL}
# The sha256 of the model's own list of sha256s; without it the files are only held against that list.
ARG MODEL_SHA256=""
RUN --mount=type=bind,source=docker/check_model.py,target=/check_model.py \
    python /check_model.py "${CALLSCRIBE_MODEL}" "${MODEL_SHA256}"

USER 10001:10001
# The worker touches the file with every heartbeat.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["sh", "-c", "test -n \"$(find /tmp/callscribe-alive -mmin -2)\""]
ENTRYPOINT ["callscribe-worker"]
