import { expect, test } from "vitest";
import { readAllowedHosts, readOrigins } from "../../../../src/app/cli/settings/browser-flags.ts";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";

test("--allow-host and its variable name hosts, separated by commas", () => {
  const args = ["serve", "--allow-host", "imaging.example, other.example:4464"];
  expect(readSettings(args, {}, "/")).toMatchObject({ allowHost: ["imaging.example", "other.example:4464"] });
  const env = { HEALTHIMAGING_LOCAL_ALLOW_HOST: "*" };
  expect(readSettings([], env, "/")).toMatchObject({ allowHost: ["*"] });
  expect(readSettings([], {}, "/")).toMatchObject({ allowHost: [] });
  for (const text of ["http://a.example", "a b", "*.example", "a.example/", ".example.com"])
    expect(() => readAllowedHosts(text), text).toThrow("--allow-host expects host names");
});

test("--cors names origins, of apps too", () => {
  const origins = ["https://viewer.example", "http://a.example:8080", "capacitor://localhost", "*"];
  expect(readOrigins(origins.join(","))).toEqual(origins);
  for (const text of [
    "viewer.example",
    "https://viewer.example/",
    "null",
    "file://a",
    "capacitor://",
    "data:x",
  ])
    expect(() => readOrigins(text), text).toThrow("--cors expects origins");
});
