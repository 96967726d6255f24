# The emulator with its dependencies, no sources and no build tools. Any image with Node.js 22.22 or
# newer serves as a base.
ARG BASE_IMAGE=node:24-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY tools ./tools
COPY src ./src
RUN node tools/build.ts && node tools/warm-up.ts

FROM ${BASE_IMAGE}
ARG BASE_IMAGE
# The release adds version, revision, creation time and source.
LABEL org.opencontainers.image.title="healthimaging-local" \
      org.opencontainers.image.description="Local emulator of AWS HealthImaging" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
WORKDIR /opt/healthimaging-local
COPY --from=build /build/package.json ./
COPY LICENSE NOTICE docker/health.cjs ./
COPY --from=build /build/dist ./dist
COPY scenarios ./scenarios
COPY --from=build /build/node_modules/@cornerstonejs ./node_modules/@cornerstonejs
# What Node.js compiled of dist: a container starts as fast the first time.
COPY --from=build /build/node_modules/.cache/healthimaging-local ./node_modules/.cache/healthimaging-local
# Whatever user the container runs as, and where a tmpfs is mounted, which takes this mode over.
RUN mkdir -m 1777 /data && ln -s /opt/healthimaging-local/dist/cli.js /usr/local/bin/healthimaging-local
USER 65532:65532
ENV HEALTHIMAGING_LOCAL_HOST=0.0.0.0 HEALTHIMAGING_LOCAL_DATA=/data HEALTHIMAGING_LOCAL_TLS_FOLDER=/data/tls
# glibc gives blocks of 128 KiB and more back when they are freed. Without this it raises that bound up to 32 MiB, and
# keeps up to 64 MiB of each thread's arena.
ENV MALLOC_MMAP_THRESHOLD_=131072
EXPOSE 4464
VOLUME /data
STOPSIGNAL SIGTERM
# `start_interval`, which would ask more often at the start, needs Docker Engine 25: examples/docker-compose.yml has it.
HEALTHCHECK --interval=5s --timeout=3s --retries=6 CMD ["node", "/opt/healthimaging-local/health.cjs"]
ENTRYPOINT ["node", "/opt/healthimaging-local/dist/cli.js"]
