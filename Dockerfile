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
WORKDIR /opt/healthimaging-local
COPY --from=build /build/package.json ./
COPY LICENSE NOTICE ./
COPY --from=build /build/dist ./dist
COPY scenarios ./scenarios
COPY --from=build /build/node_modules/@cornerstonejs ./node_modules/@cornerstonejs
# What Node.js compiled of dist: a container starts as fast the first time.
COPY --from=build /build/node_modules/.cache/healthimaging-local ./node_modules/.cache/healthimaging-local
# Whatever user the container runs as, and where a tmpfs is mounted, which takes this mode over.
RUN mkdir -m 1777 /data
USER 65532:65532
ENV HEALTHIMAGING_LOCAL_HOST=0.0.0.0 HEALTHIMAGING_LOCAL_DATA=/data
# glibc gives blocks of 128 KiB and more back when they are freed. Without this it raises that bound up to 32 MiB, and
# keeps up to 64 MiB of each thread's arena.
ENV MALLOC_MMAP_THRESHOLD_=131072
EXPOSE 4464
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.HEALTHIMAGING_LOCAL_PORT || 4464) + '/_local/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/healthimaging-local/dist/cli.js"]
