/**
 * What depends on how an emulator is started; everything else has one default. docs/decisions/defaults.md says why.
 * The Dockerfile changes host and data for the image.
 */
export const START_DEFAULTS = {
  /** `healthimaging-local serve`, in the image too. */
  server: { throttling: "aws", port: 4464, host: "localhost" },
  /** `createEmulator`, `startEmulator` and the fixtures for Vitest. 0 takes any free port. */
  inProcess: { throttling: "off", port: 0, host: "localhost" },
  /** `HealthImagingContainer`. */
  testcontainers: { throttling: "off" },
} as const;
