import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { TRANSFER_SYNTAXES } from "../../src/api/transfer-syntaxes.ts";

const readme = readFileSync(resolve(import.meta.dirname, "../../README.md"), "utf8");

test("the README's table of transfer syntaxes has all that are imported, and no other", () => {
  const [, table = ""] = readme.split(/^\| transfer syntax, 1\.2\.840\.10008\. \|.*\n\|[-|]+\n/m);
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n");
  const uids = rows.flatMap((row) => (row.split(" | ")[0] ?? "").slice(2).split(", "));
  expect(uids.map((uid) => `1.2.840.10008.${uid}`).toSorted()).toEqual(
    Object.keys(TRANSFER_SYNTAXES).toSorted(),
  );
});

test("the README says how many transfer syntaxes are imported", () => {
  expect(/\| the (\d+) of the service, see below/.exec(readme)?.[1]).toBe(
    String(Object.keys(TRANSFER_SYNTAXES).length),
  );
});
