import type { DestinationStream } from "pino";
import { LATEST_RELEASE, type ServiceRelease } from "../../api/releases/service-release.ts";
import type { Throttling } from "../../domain/limits/throttling.ts";
import type { Log } from "../../domain/log.ts";
import { OPERATIONS } from "../../local/sdk/control-operations.ts";
import type { TrustedCa } from "../listen-with-tls.ts";
import { LOG_LEVELS, type LogSettings } from "./settings/log-settings.ts";

const [, INDEX_PATH] = OPERATIONS.readIndex;

interface Banner {
  readonly version: string;
  /** `http://127.0.0.1:4464` */
  readonly url: string;
  /** The data folder; undefined if nothing is kept. */
  readonly data: string | undefined;
  readonly serviceRelease: ServiceRelease;
  readonly throttling: Throttling;
  /** Of HTTPS. */
  readonly ca?: TrustedCa | undefined;
}

/** Prints what was started on standard error: as lines for people, as one line of the log for programs. */
export function showBanner(
  banner: Banner,
  { level, format }: LogSettings,
  stream: DestinationStream,
  log: Log,
): void {
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf("info")) return;
  const { version, url, data } = banner;
  if (format === "json") {
    log.info(`healthimaging-local ${version} at ${url}`, {
      version,
      url,
      data,
      serviceRelease: banner.serviceRelease,
      throttling: throttlingOf(banner),
      ...(banner.ca === undefined ? {} : { ca: banner.ca.file }),
    });
    return;
  }
  stream.write(
    [
      `healthimaging-local ${version} at ${url}`,
      `  data        ${data ?? "in memory and a temporary folder, deleted at the end: --data DIR keeps it"}`,
      `  release     ${describeRelease(banner)}`,
      `  throttling  ${throttlingOf(banner)}`,
      ...describeCa(banner),
      `  docs        README.md of the package, healthimaging-local --help, ${url}${INDEX_PATH}`,
      "",
    ].join("\n"),
  );
}

const describeRelease = ({ serviceRelease }: Banner): string =>
  serviceRelease === LATEST_RELEASE
    ? `${serviceRelease} of AWS HealthImaging`
    : `${serviceRelease} of AWS HealthImaging: --service-release ${LATEST_RELEASE} serves a newer one`;

/** The variables stand alone on a line each, to be copied. */
const describeCa = ({ ca }: Banner): string[] =>
  ca === undefined
    ? []
    : [
        `  tls         clients trust it by these variables; browsers and curl --cacert take ${ca.file}`,
        ...Object.entries(ca.variables).map(([name, value]) => `    ${name}=${value}`),
      ];

function throttlingOf({ throttling }: Banner): string {
  if (throttling === "off") return "off";
  if (throttling === "aws") return "AWS's published limits: --throttling off removes them";
  const limits = typeof throttling === "number" ? `${throttling} times AWS's limits` : "custom limits";
  return `${limits}: --throttling off removes them`;
}
