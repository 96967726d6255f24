import { describe, expect, test } from "vitest";
import { DicomError } from "../../../src/imaging/dicom/dicom-error.ts";
import { pixelDataOf } from "../../../src/imaging/dicom/frames/frames.ts";
import { describeInstance } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { type Corpus, readFrom } from "../../corpus/corpus.ts";
import { soundFilesOf } from "./corpus.ts";
import { scaled } from "../../setup/timeouts.ts";

const SEED = 20240515;
const ROUNDS = 12;
/** A mutation may not take longer than this, on a machine that is busy with other tests. */
const PATIENCE_MS = scaled(5000);

export function describeDamagedFiles(corpus: Corpus): void {
  const files = soundFilesOf(corpus).map((golden) => ({
    path: golden.path,
    bytes: readFrom(corpus, golden).subarray(0, 200_000),
  }));
  const random = randomNumbers(SEED);

  describe(`files of ${corpus.name}, damaged with seed ${SEED},`, () => {
    test.each([
      ["a cut-off end", cutShort],
      ["flipped bits", flipBits],
      ["absurd lengths", plantLengths],
      ["missing bytes", takeOut],
    ])("with %s are read, or refused with a DicomError", (_, damage) => {
      for (const { path, bytes } of files) {
        for (let round = 0; round < ROUNDS; round += 1) {
          expectReadOrRefused(`${path} round ${round}`, damage(bytes, random));
        }
      }
    });
  });
}

function expectReadOrRefused(name: string, bytes: Uint8Array): void {
  const start = performance.now();
  try {
    const part10 = parsePart10(bytes);
    JSON.stringify(describeInstance(part10));
    pixelDataOf(part10);
  } catch (error) {
    if (!(error instanceof DicomError)) throw new Error(`${name} threw ${String(error)}`, { cause: error });
    expect(error.message).toMatch(/^[\w -:]{1,2048}$/);
  }
  expect(performance.now() - start, name).toBeLessThan(PATIENCE_MS);
}

type Damage = (bytes: Uint8Array, random: (below: number) => number) => Uint8Array;

function cutShort(...[bytes, random]: Parameters<Damage>): Uint8Array {
  return bytes.subarray(0, random(Math.min(bytes.length, 5000)));
}

function flipBits(...[bytes, random]: Parameters<Damage>): Uint8Array {
  const damaged = bytes.slice();
  for (let count = 1 + random(20); count > 0; count -= 1) {
    const offset = 132 + random(Math.min(bytes.length, 5000) - 132);
    damaged[offset] = (damaged[offset] ?? 0) ^ (1 << random(8));
  }
  return damaged;
}

function plantLengths(...[bytes, random]: Parameters<Damage>): Uint8Array {
  const damaged = bytes.slice();
  const lengths = [0xffffffff, 0x7fffffff, 0xfffffffe, 0, 1];
  const offset = 132 + 2 * random((Math.min(bytes.length, 5000) - 140) / 2);
  new DataView(damaged.buffer).setUint32(offset, lengths[random(lengths.length)] ?? 0, true);
  return damaged;
}

function takeOut(...[bytes, random]: Parameters<Damage>): Uint8Array {
  const offset = 132 + random(Math.min(bytes.length, 5000) - 132);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + 1 + random(16))]));
}

/** Mulberry32: small, and the same everywhere. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
