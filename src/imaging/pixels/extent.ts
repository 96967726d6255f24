import { type Samples, sampleBytes } from "./samples.ts";

/** The program's memory: what it answers, the lowest of each lane and the highest, then its input. */
const VECTOR_BYTES = 16;
const INPUT = 2 * VECTOR_BYTES;
const INPUT_BYTES = 2 ** 17 - INPUT;

/** WebAssembly's vector instructions behind their prefix: the lower and the higher of each lane. */
const MIN_AND_MAX = {
  Uint8Array: [[0x77], [0x79]],
  Int8Array: [[0x76], [0x78]],
  Uint16Array: [
    [0x97, 0x01],
    [0x99, 0x01],
  ],
  Int16Array: [
    [0x96, 0x01],
    [0x98, 0x01],
  ],
} as const;

interface Program {
  /** All of the memory, as bytes and as samples. */
  readonly bytes: Uint8Array;
  readonly samples: Samples;
  readonly run: (end: number) => void;
}

const programs = new Map<keyof typeof MIN_AND_MAX, Program>();

/**
 * The lowest and the highest of all samples, whatever component they belong to; 0 where there are
 * none. A program takes 16 bytes at a time, since one sample at a time was the slowest part of an
 * import that is not the codec.
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

/** What can be said in so many bits. */
export function rangeOf(bits: number, isSigned: boolean): { lowest: number; highest: number } {
  const lowest = isSigned ? -(2 ** (bits - 1)) : 0;
  return { lowest, highest: lowest + 2 ** bits - 1 };
}

/** Whether all samples can be said in so many bits. */
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
  // The last vector is filled up with a sample that is there already.
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

function typeOf(samples: Samples): keyof typeof MIN_AND_MAX {
  if (samples instanceof Int16Array) return "Int16Array";
  if (samples instanceof Uint16Array) return "Uint16Array";
  return samples instanceof Int8Array ? "Int8Array" : "Uint8Array";
}

const TYPES = { Uint8Array, Int8Array, Uint16Array, Int16Array };

function start(type: keyof typeof MIN_AND_MAX): Program {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble(type)));
  const { memory, run } = exports as { memory: WebAssembly.Memory; run: Program["run"] };
  return { bytes: new Uint8Array(memory.buffer), samples: new TYPES[type](memory.buffer), run };
}

const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
const vector = (...instruction: readonly number[]): number[] => [0xfd, ...instruction];

const [END, AT, MIN, MAX] = [0, 1, 2, 3];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, value];
const load = vector(0x00, 4, 0);
const store = (offset: number): number[] => vector(0x0b, 4, offset);

/**
 * The binary form of: from INPUT to END, MIN is the lower of MIN and the vector at AT, MAX the
 * higher. No section is longer than 127 bytes, so that each length is one byte.
 */
function assemble(type: keyof typeof MIN_AND_MAX): Uint8Array<ArrayBuffer> {
  const body = bodyOf(type);
  const parts = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, [1, 0x60, 1, 0x7f, 0]), // A function of one i32 that answers nothing.
    section(3, [1, 0]),
    section(5, [1, 0, 2]), // Two pages of memory, 128 KiB.
    section(7, [2, ...name("memory"), 2, 0, ...name("run"), 0, 0]),
    section(10, [1, body.length, ...body]),
  ];
  return Uint8Array.from(parts.flat());
}

function bodyOf(type: keyof typeof MIN_AND_MAX): number[] {
  const [min, max] = MIN_AND_MAX[type];
  const parts = [
    [2, 1, 0x7f, 2, 0x7b], // Besides the parameter, one i32 and two v128.
    [constant(INPUT), set(AT)],
    [get(AT), load, set(MIN), get(MIN), set(MAX)],
    [0x03, 0x40], // loop
    [get(MIN), get(AT), load, vector(...min), set(MIN)],
    [get(MAX), get(AT), load, vector(...max), set(MAX)],
    [get(AT), constant(VECTOR_BYTES), 0x6a, set(AT)], // i32.add
    [get(AT), get(END), 0x49, 0x0d, 0, 0x0b], // i32.lt_u, br_if, end
    [constant(0), get(MIN), store(0)],
    [constant(0), get(MAX), store(VECTOR_BYTES)],
    [0x0b], // end
  ];
  return parts.flat(2);
}
