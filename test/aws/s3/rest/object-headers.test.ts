import { describe, expect, test } from "vitest";
import { call, openFront } from "../front.ts";

/** The policy of an object with this content type, and of one that is asked for with it. */
async function policiesOf(type: string): Promise<(string | undefined)[]> {
  const { handle } = await openFront();
  await call(handle, { method: "PUT", target: "/bucket" });
  await call(handle, {
    method: "PUT",
    target: "/bucket/typed",
    headers: { "content-type": type },
    body: "x",
  });
  await call(handle, { method: "PUT", target: "/bucket/plain", body: "x" });
  const override = `/bucket/plain?response-content-type=${encodeURIComponent(type)}`;
  const answers = ["/bucket/typed", override].map((target) => call(handle, { method: "GET", target }));
  return (await Promise.all(answers)).map(({ status, headers }) => {
    expect([status, headers["content-type"]]).toEqual([200, type]);
    return headers["content-security-policy"];
  });
}

describe("an object", () => {
  test.each([
    "text/html",
    "TEXT/HTML; charset=utf-8",
    "application/xhtml+xml",
    "application/xml",
    "image/svg+xml",
    "image/x+xml",
    "audio/x+xml; a=b",
    "text/plain, text/html",
    "text/plain; a=b, text/html",
    "multipart/x-mixed-replace; boundary=a",
    "nothing",
  ])("that browsers may run has no origin: %s", async (type) => {
    for (const policy of await policiesOf(type)) {
      expect(policy).toMatch(/^sandbox /);
      expect(policy).not.toContain("allow-same-origin");
    }
  });

  test.each([
    "application/dicom",
    "binary/octet-stream",
    "image/png",
    "text/plain; charset=utf-8",
    "application/pdf",
  ])("that no browser runs is answered as on AWS: %s", async (type) => {
    expect(await policiesOf(type)).toEqual([undefined, undefined]);
  });
});
