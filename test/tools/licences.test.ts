import { expect, test } from "vitest";
import { faultsOfLock } from "../../tools/licences/lock-file.ts";

const locked = { version: "1.0.0", license: "MIT", integrity: "sha512-x" };

test("a lock file of permissive licences has no faults", () => {
  expect(faultsOfLock({ "": { version: "1.0.0" }, "node_modules/a": locked })).toEqual([]);
});

test("a licence that is not permissive is a fault", () => {
  const faults = faultsOfLock({ "node_modules/@s/a": { ...locked, license: "GPL-3.0-only" } });
  expect(faults).toEqual(["@s/a 1.0.0 has the licence GPL-3.0-only: expected a permissive one"]);
});

test("a weak copyleft is accepted in development alone", () => {
  const license = "MPL-2.0";
  expect(faultsOfLock({ "node_modules/a": { ...locked, license, dev: true } })).toEqual([]);
  expect(faultsOfLock({ "node_modules/a": { ...locked, license } })).toHaveLength(1);
});

test("a package without a licence or without a checksum is a fault", () => {
  const { license: _, ...unlicensed } = locked;
  expect(faultsOfLock({ "node_modules/a/node_modules/b": unlicensed })[0]).toContain(
    "b 1.0.0 has the licence undefined",
  );
  const { integrity: __, ...unchecked } = locked;
  expect(faultsOfLock({ "node_modules/a": unchecked })[0]).toContain("has no integrity");
});
