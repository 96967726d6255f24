import { expect, test } from "vitest";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";
import { UsageError } from "../../../../src/app/cli/settings/usage-error.ts";
import { HealthImagingContainer } from "../../../../src/testcontainers.ts";

const VARIABLE = "HEALTHIMAGING_LOCAL_SERVICE_RELEASE";

test("the service release comes from the flag, then from the variable, and is a date", () => {
  expect(readSettings([], {}, "/")).toMatchObject({ serviceRelease: "2024-05" });
  expect(readSettings([], { [VARIABLE]: "latest" }, "/")).toMatchObject({ serviceRelease: "2026-06" });
  expect(readSettings(["--service-release", "2024-05"], { [VARIABLE]: "latest" }, "/")).toMatchObject({
    serviceRelease: "2024-05",
  });
});

test("another release is a usage error with those that there are", () => {
  const read = () => readSettings(["--service-release", "2025-01"], {}, "/");
  expect(read).toThrow(UsageError);
  expect(read).toThrow("--service-release expects one of 2024-05, 2026-06, latest, got '2025-01'");
});

test("--regions guide serves the regions of the release", () => {
  const flags = ["--regions", "guide", "--region", "eu-west-2"];
  expect(() => readSettings(flags, {}, "/")).toThrow(/but --region is eu-west-2/);
  expect(readSettings([...flags, "--service-release", "latest"], {}, "/")).toMatchObject({
    regions: "guide",
  });
});

test("withServiceRelease sets the variable of the container", () => {
  class Shown extends HealthImagingContainer {
    get variables(): Readonly<Record<string, string>> {
      return this.environment;
    }
  }
  const { variables } = new Shown("healthimaging-local").withServiceRelease("latest");
  expect(variables).toMatchObject({ [VARIABLE]: "latest" });
});
