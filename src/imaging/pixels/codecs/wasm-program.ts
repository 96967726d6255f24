import { PixelError } from "../pixel-error.ts";

/** The module of a codec package, as Emscripten generates it. */
export interface WasmModule {
  /** The entire WebAssembly memory. It grows and never shrinks (facts: codecs#memory). */
  readonly HEAPU8: Uint8Array;
}

export interface WasmModuleOptions {
  /** Receives each line that the codec would write to standard output. */
  print?: (line: string) => void;
  /** Receives each line that the codec would write to standard error. */
  printErr?: (line: string) => void;
}

/** Memory that is freed only with its thread. */
export interface WasmMemory {
  /** Memory in use, in bytes. It never shrinks. */
  memoryByteLength(): number;
  /** Whether the program crashed, which leaves its memory in an undefined state. */
  hasCrashed(): boolean;
}

const RECYCLING_BYTE_LENGTH = 512 * 2 ** 20;

/**
 * Whether a new codec, in a new worker, should replace this one: after a huge frame, whose memory it keeps,
 * or after a crash, since its results are then unreliable.
 */
export const needsRecycling = (memory: WasmMemory): boolean =>
  memory.hasCrashed() || memory.memoryByteLength() > RECYCLING_BYTE_LENGTH;

/** One codec's program in separate memory. Not for concurrent use. */
export class WasmProgram<Module extends WasmModule> implements WasmMemory {
  readonly #module: Module;
  readonly #printed: string[];
  #hasCrashed = false;

  private constructor(module: Module, printed: string[]) {
    this.#module = module;
    this.#printed = printed;
  }

  static async start<Module extends WasmModule>(
    create: (options: WasmModuleOptions) => Promise<Module>,
  ): Promise<WasmProgram<Module>> {
    const printed: string[] = [];
    const print = (line: string): void => void printed.push(line);
    return new WasmProgram(await create({ print, printErr: print }), printed);
  }

  memoryByteLength(): number {
    return this.#module.HEAPU8.byteLength;
  }

  hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /**
   * Runs `work`; anything that it throws becomes a PixelError.
   * @param work receives the lines that the program has printed so far
   */
  run<T>(name: string, work: (module: Module, printed: readonly string[]) => T): T {
    if (this.#hasCrashed) throw new PixelError(`${name} failed: the codec crashed on an earlier frame`);
    this.#printed.length = 0;
    try {
      return work(this.#module, this.#printed);
    } catch (cause) {
      if (cause instanceof PixelError) throw cause;
      // A C++ exception leaves the program intact; it is a number or has a pointer.
      this.#hasCrashed ||= cause instanceof Error && cause.name === "RuntimeError";
      throw new PixelError(`${name} failed: ${this.#explain(cause)}`, { cause });
    }
  }

  #explain(cause: unknown): string {
    const lines = this.#printed.join(" ").trim();
    if (lines !== "") return lines;
    return cause instanceof Error ? cause.message : "out of memory";
  }
}
