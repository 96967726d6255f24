import { describe, expect, test } from "vitest";
import { showBanner } from "../../../src/app/cli/banner.ts";
import { createServerLog } from "../../../src/app/cli/server-log.ts";
import type { LogSettings } from "../../../src/app/cli/settings/log-settings.ts";
import type { Throttling } from "../../../src/domain/limits/throttling.ts";

function bannerOf(settings: LogSettings, data?: string, throttling: Throttling = "aws"): string {
  let said = "";
  const stream = { write: (text: string) => void (said += text) };
  const { log } = createServerLog(settings, stream);
  showBanner(
    { version: "1.2.3", url: "http://127.0.0.1:4464", data, serviceRelease: "2024-05", throttling },
    settings,
    stream,
    log,
  );
  return said;
}

describe("the banner of a server", () => {
  test("says version, address, data, release, throttling and where to read on, in at most five lines", () => {
    const text = bannerOf({ level: "info", format: "text" }, "/data");
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(5);
    expect(text).toBe(
      "healthimaging-local 1.2.3 at http://127.0.0.1:4464\n" +
        "  data        /data\n" +
        "  release     2024-05 of AWS HealthImaging: --service-release 2026-06 serves a newer one\n" +
        "  throttling  AWS's published limits: --throttling off removes them\n" +
        "  docs        README.md of the package, healthimaging-local --help, http://127.0.0.1:4464/_local\n",
    );
  });

  test("says that data is not kept where there is no folder for it", () => {
    expect(bannerOf({ level: "info", format: "text" })).toContain("deleted at the end: --data DIR keeps it");
  });

  test.each<[Throttling, string]>([
    ["off", "  throttling  off\n"],
    [2, "2 times AWS's limits"],
    [{ limits: {} }, "custom limits"],
  ])("tells the throttling %j", (throttling, told) => {
    expect(bannerOf({ level: "debug", format: "text" }, "/data", throttling)).toContain(told);
  });

  test("has a line for each variable that makes clients trust the CA of HTTPS", () => {
    let said = "";
    const settings = { level: "info", format: "text" } as const;
    const stream = { write: (text: string) => void (said += text) };
    const variables = { NODE_EXTRA_CA_CERTS: "/tls/ca.pem", AWS_CA_BUNDLE: "/tls/ca-bundle.pem" };
    const ca = { certificate: "", file: "/tls/ca.pem", variables };
    const banner = {
      version: "1.2.3",
      url: "https://127.0.0.1:4464",
      data: "/data",
      serviceRelease: "2024-05",
      throttling: "off",
      ca,
    } as const;
    showBanner(banner, settings, stream, createServerLog(settings, stream).log);
    expect(said).toContain(
      "  tls         clients trust it by these variables; browsers and curl --cacert take /tls/ca.pem\n" +
        "    NODE_EXTRA_CA_CERTS=/tls/ca.pem\n" +
        "    AWS_CA_BUNDLE=/tls/ca-bundle.pem\n",
    );
  });

  test("is one line of the log as json", () => {
    const line: unknown = JSON.parse(bannerOf({ level: "info", format: "json" }, "/data"));
    expect(line).toMatchObject({ level: "info", version: "1.2.3", data: "/data", serviceRelease: "2024-05" });
  });

  test.each(["warn", "error"] as const)("is not shown at level %s", (level) => {
    expect(bannerOf({ level, format: "text" })).toBe("");
  });
});
