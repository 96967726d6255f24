import { describe, expect, test } from "vitest";
import type { Caller } from "../../src/domain/caller.ts";
import { ClientTokens } from "../../src/domain/client-tokens.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../manual-clock.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };

function build() {
  const clock = new ManualClock();
  const clientTokens = new ClientTokens({ state: new MemoryState(), clock });
  let count = 0;
  const call = (
    input: Record<string, unknown> & { clientToken: string },
    operation = "Create",
    caller = CALLER,
  ) => clientTokens.once(caller, operation, input, () => ({ datastoreId: String(++count) })).datastoreId;
  return { clock, clientTokens, call };
}

describe("a client token", () => {
  test("gets its first answer again, with the members in any order", () => {
    const { call } = build();
    expect(call({ clientToken: "t", name: "a", tags: { x: "1", y: "2" } })).toBe("1");
    expect(call({ tags: { y: "2", x: "1" }, name: "a", clientToken: "t" })).toBe("1");
    expect(call({ clientToken: "u", name: "a", tags: { x: "1", y: "2" } })).toBe("2");
  });

  test("with another input is a conflict", () => {
    const { call } = build();
    call({ clientToken: "t", name: "a" });
    for (const input of [{ name: "b" }, {}, { name: "a", more: [1] }]) {
      expect(() => call({ clientToken: "t", ...input })).toThrow(
        expect.objectContaining({ code: "ConflictException" }),
      );
    }
  });

  test("is independent for each operation, account and region", () => {
    const { call } = build();
    const input = { clientToken: "t" };
    const seen = [
      call(input),
      call(input, "Start"),
      call(input, "Create", { ...CALLER, region: "eu-west-1" }),
      call(input, "Create", { ...CALLER, account: "123456789012" }),
    ];
    expect(seen).toEqual(["1", "2", "3", "4"]);
  });

  test("is forgotten after 24 hours", () => {
    const { clock, call } = build();
    expect(call({ clientToken: "t" })).toBe("1");
    clock.advance(24 * 60 * 60 * 1000 - 1);
    expect(call({ clientToken: "t" })).toBe("1");
    clock.advance(1);
    expect(call({ clientToken: "t", other: 1 })).toBe("2");
  });

  test("is not used up by a failed call", () => {
    const { clientTokens, call } = build();
    const fail = (): never => {
      throw new Error("no");
    };
    expect(() => clientTokens.once(CALLER, "Create", { clientToken: "t" }, fail)).toThrow("no");
    expect(call({ clientToken: "t" })).toBe("1");
  });
});
