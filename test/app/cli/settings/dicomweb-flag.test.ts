import { expect, test } from "vitest";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";
import { HealthImagingContainer } from "../../../../src/testcontainers.ts";

const VARIABLE = "HEALTHIMAGING_LOCAL_DICOMWEB";

test("DICOMweb's reading is opened by a flag or a variable", () => {
  expect(readSettings([], {}, "/")).toMatchObject({ dicomweb: false });
  expect(readSettings(["--dicomweb"], {}, "/")).toMatchObject({ dicomweb: true });
  expect(readSettings([], { [VARIABLE]: "1" }, "/")).toMatchObject({ dicomweb: true });
});

test("limits and denials of operations that are served can be given, and of others not", () => {
  const deny = ["--deny", "medical-imaging:GetDICOMSeriesMetadata"];
  expect(() => readSettings(deny, {}, "/")).toThrow("deny expects");
  for (const opened of [["--dicomweb"], ["--service-release", "latest"]])
    expect(readSettings([...deny, ...opened], {}, "/")).toMatchObject({ deny: [deny[1]] });
});

test("withDicomweb sets the variable of the container", () => {
  class Shown extends HealthImagingContainer {
    get variables(): Readonly<Record<string, string>> {
      return this.environment;
    }
  }
  expect(new Shown("healthimaging-local").withDicomweb().variables).toMatchObject({ [VARIABLE]: "1" });
});
