import { describe, expect, it } from "vitest";
import { PixelError } from "../../../../src/imaging/pixels/pixel-error.ts";
import { needsRecycling, WasmProgram } from "../../../../src/imaging/pixels/codecs/wasm-program.ts";

const start = (byteLength = 100) =>
  WasmProgram.start(async ({ print, printErr }) => ({
    HEAPU8: { byteLength } as Uint8Array,
    say: (line: string) => print?.(line),
    complain: (line: string) => printErr?.(line),
  }));
const crash = (): never => {
  // What WebAssembly throws: TypeScript knows its classes where there is a DOM alone.
  throw Object.assign(new Error("memory access out of bounds"), { name: "RuntimeError" });
};

describe("a codec's program", () => {
  it("throws errors with the message that it has printed", async () => {
    const program = await start();
    const work = () =>
      program.run("Decoding", ({ complain }) => {
        complain("no such marker");
        throw 1234;
      });
    expect(work).toThrow(new PixelError("Decoding failed: no such marker"));
    expect(needsRecycling(program)).toBe(false);
  });

  it("reports out of memory where it has printed nothing", async () => {
    const program = await start();
    expect(() =>
      program.run("Decoding", () => {
        throw 1234;
      }),
    ).toThrow("Decoding failed: out of memory");
  });

  it("is not used again after a crash", async () => {
    const program = await start();
    expect(() => program.run("Decoding", crash)).toThrow(PixelError);
    expect(needsRecycling(program)).toBe(true);
    expect(() => program.run("Decoding", () => "fine")).toThrow("the codec crashed on an earlier frame");
  });

  it("is discarded when its memory has grown large", async () => {
    expect(needsRecycling(await start(2 ** 29))).toBe(false);
    expect(needsRecycling(await start(2 ** 29 + 1))).toBe(true);
  });
});
