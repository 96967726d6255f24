/** A release of AWS HealthImaging that the emulator can be, named by its month. */
export type ServiceRelease = "2024-05" | "2026-06";

/** Oldest first. */
export const SERVICE_RELEASES = ["2024-05", "2026-06"] as const satisfies readonly ServiceRelease[];

/** The release of emulators that name none, and of data that was stored before releases had a name. */
export const DEFAULT_RELEASE = "2024-05" satisfies ServiceRelease;
/** What data is converted to. */
export const LATEST_RELEASE = "2026-06" satisfies ServiceRelease;

/** As a setting: `latest` is resolved when an emulator starts, and never stored. */
export type ServiceReleaseName = ServiceRelease | "latest";

export const RELEASE_NAMES: readonly ServiceReleaseName[] = [...SERVICE_RELEASES, "latest"];

export const resolveRelease = (name: ServiceReleaseName = DEFAULT_RELEASE): ServiceRelease =>
  name === "latest" ? LATEST_RELEASE : name;

/** Undefined for the release of a newer program. */
export const releaseNamed = (name: string): ServiceRelease | undefined =>
  SERVICE_RELEASES.find((release) => release === name);
