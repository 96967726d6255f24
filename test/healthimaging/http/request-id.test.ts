import { describe, expect, it } from "vitest";
import { newRequestId } from "../../../src/healthimaging/http/request-id.ts";

describe("A request id", () => {
  it("has the form of a UUID of version 4", () => {
    for (let n = 0; n < 1_000; n += 1)
      expect(newRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("is another one for each of 10,000 calls", () => {
    expect(new Set(Array.from({ length: 10_000 }, newRequestId)).size).toBe(10_000);
  });
});
