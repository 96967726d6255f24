import { expect, test } from "vitest";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";

test("--regions is any by default, and guide when a flag or a variable says so", () => {
  expect(readSettings([], {}, "/")).toMatchObject({ regions: "any" });
  expect(readSettings(["--regions", "guide"], {}, "/")).toMatchObject({ regions: "guide" });
  const variable = { HEALTHIMAGING_LOCAL_REGIONS: "guide", HEALTHIMAGING_LOCAL_REGION: "eu-west-1" };
  expect(readSettings([], variable, "/")).toMatchObject({ regions: "guide", region: "eu-west-1" });
});

test.each([
  [["--regions", "four"], "--regions expects one of any, guide, got 'four'"],
  [
    ["--regions", "guide", "--region", "eu-central-1"],
    "--regions guide serves us-east-1, us-west-2, ap-southeast-2, eu-west-1, but --region is eu-central-1",
  ],
  [["--region", "Frankfurt"], "--region expects a region such as us-east-1, got 'Frankfurt'"],
  [["--account", "1"], "--account expects 12 digits, got '1'"],
])("%j is refused as a wrong command line", (args, message) => {
  expect(() => readSettings(args, {}, "/")).toThrow(message);
});
