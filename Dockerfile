# One service and what it stands on: its own context, the kernel and the published language; nothing of another context.
#
#   docker build --build-arg PYTHON=python:3.11-slim-bookworm@sha256:… --build-arg SERVICE=dispatch -t carnet/dispatch .
#
# PYTHON is the image that it is built and run on, by its digest; deploy/README.md says how to find that.
ARG PYTHON
# hadolint ignore=DL3006  # named by the one who builds
FROM ${PYTHON} AS build
WORKDIR /build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV UV_COMPILE_BYTECODE=1
COPY requirements.lock deploy/image/tools.sh ./
RUN ./tools.sh
COPY package.json package-lock.json tsconfig.json build.mjs .npmrc ./
COPY shared shared
ARG SERVICE
COPY services/${SERVICE} services/${SERVICE}
COPY deploy/image/pages.sh deploy/image/install.sh ./
RUN ./pages.sh && ./install.sh "${SERVICE:?}" /app

# hadolint ignore=DL3006  # as above
FROM ${PYTHON}
ARG SERVICE
LABEL org.opencontainers.image.title="carnet-${SERVICE}"
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CARNET_CONTEXT=${SERVICE} CARNET_DATA=/data CARNET_HOST=0.0.0.0 CARNET_PORT=8000
# nothing is written but here, and what stands here need not be kept where all engines are outside
RUN install -d -o 10001 -g 10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python3", "-c", "import os, urllib.request as u; e = os.environ; u.urlopen(f\"http://127.0.0.1:{e['CARNET_PORT']}/{e['CARNET_CONTEXT']}/health/live\", timeout=4)"]
CMD ["carnet", "serve"]
