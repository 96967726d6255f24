import { EXTENT_PROGRAM } from "./extent-program.ts";
import { type Samples, sampleBytes } from "./samples.ts";

/** The memory of extent.wat: its results, the minimum of each lane and the maximum, then its input. */
const VECTOR_BYTES = 16;
const INPUT = 2 * VECTOR_BYTES;
const INPUT_BYTES = 2 ** 17 - INPUT;

const TYPES = { Uint8Array, Int8Array, Uint16Array, Int16Array };
type TypeName = keyof typeof TYPES;

interface Program {
  /** All of the memory, as bytes and as samples. */
  readonly bytes: Uint8Array;
  readonly samples: Samples;
  readonly run: (end: number) => void;
}

const programs = new Map<TypeName, Program>();

/**
 * The minimum and the maximum of all samples of all components; 0 if there are none. WebAssembly reads 16
 * bytes at a time: this takes 1 % of the processor time of encoding a frame, a loop 30 % (`npm run bench --
 * extent`).
 */
export function extent(samples: Samples): { min: number; max: number } {
  const program = programFor(samples);
  const input = sampleBytes(samples);
  let min = samples[0] ?? 0;
  let max = min;
  for (let from = 0; from < input.length; from += INPUT_BYTES) {
    const found = extentOfPart(program, input.subarray(from, from + INPUT_BYTES));
    min = Math.min(min, found.min);
    max = Math.max(max, found.max);
  }
  return { min, max };
}

/** The range of a number of bits. */
export function rangeOf(bits: number, isSigned: boolean): { lowest: number; highest: number } {
  const lowest = isSigned ? -(2 ** (bits - 1)) : 0;
  return { lowest, highest: lowest + 2 ** bits - 1 };
}

/** Whether all samples fit in that many bits. */
export function keepWithin(samples: Samples, bits: number, isSigned: boolean): boolean {
  if (bits === samples.BYTES_PER_ELEMENT * 8) return true;
  const { lowest, highest } = rangeOf(bits, isSigned);
  const { min, max } = extent(samples);
  return min >= lowest && max <= highest;
}

function extentOfPart({ bytes, samples, run }: Program, part: Uint8Array): { min: number; max: number } {
  const { BYTES_PER_ELEMENT } = samples;
  bytes.set(part, INPUT);
  const end = INPUT + part.length;
  const endOfVector = Math.ceil(end / VECTOR_BYTES) * VECTOR_BYTES;
  // The last vector is filled up with an existing sample.
  const first = samples[INPUT / BYTES_PER_ELEMENT] ?? 0;
  samples.fill(first, end / BYTES_PER_ELEMENT, endOfVector / BYTES_PER_ELEMENT);
  run(endOfVector);
  const lanes = VECTOR_BYTES / BYTES_PER_ELEMENT;
  return {
    min: Math.min(...samples.subarray(0, lanes)),
    max: Math.max(...samples.subarray(lanes, 2 * lanes)),
  };
}

function programFor(samples: Samples): Program {
  const type = typeOf(samples);
  const program = programs.get(type) ?? start(type);
  programs.set(type, program);
  return program;
}

function typeOf(samples: Samples): TypeName {
  if (samples instanceof Int16Array) return "Int16Array";
  if (samples instanceof Uint16Array) return "Uint16Array";
  return samples instanceof Int8Array ? "Int8Array" : "Uint8Array";
}

function start(type: TypeName): Program {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(EXTENT_PROGRAM, "base64")));
  const { memory, [type]: run } = exports as { memory: WebAssembly.Memory } & Record<
    TypeName,
    Program["run"]
  >;
  return { bytes: new Uint8Array(memory.buffer), samples: new TYPES[type](memory.buffer), run };
}
