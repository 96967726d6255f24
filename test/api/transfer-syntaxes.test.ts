import { expect, test } from "vitest";
import { TRANSFER_SYNTAXES } from "../../src/api/transfer-syntaxes.ts";
import { read } from "../docs/pages.ts";

const page = read("docs/reference/what-is-imported.md");

test("the page's table of transfer syntaxes has all that are imported, and no other", () => {
  const [, table = ""] = page.split(/^\| transfer syntax, 1\.2\.840\.10008\. \|.*\n\|[-|]+\n/m);
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n");
  const uids = rows.flatMap((row) => (row.split(" | ")[0] ?? "").slice(2).split(", "));
  expect(uids.map((uid) => `1.2.840.10008.${uid}`).toSorted()).toEqual(
    Object.keys(TRANSFER_SYNTAXES).toSorted(),
  );
});

test("the page says how many transfer syntaxes are imported", () => {
  expect(/\| the (\d+) of the service, see below/.exec(page)?.[1]).toBe(
    String(Object.keys(TRANSFER_SYNTAXES).length),
  );
});
