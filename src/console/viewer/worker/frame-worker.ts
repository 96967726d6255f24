import { errorMessage } from "../../../api/error-message.ts";
import { type Codec, loadCodec } from "../../../imaging/pixels/codecs/codec.ts";
import { needsRecycling } from "../../../imaging/pixels/codecs/wasm-program.ts";
import { decodeFrame } from "../../../imaging/pixels/htj2k/decode-frame.ts";
import { checksum, sampleBytes, widenSamples } from "../../../imaging/pixels/samples.ts";
import type { DecodedLevel, FrameMessage, FrameRequest, ListedLevel } from "../frame-messages.ts";
import { type LevelEnds, readLevelEnds } from "../level-ends.ts";

/** The worker's own scope: its types are those of browsers, which Node.js's do not have. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: { readonly data: FrameRequest }) => void): void;
  postMessage(message: FrameMessage, transfer?: readonly ArrayBufferLike[]): void;
}
const scope = globalThis as typeof globalThis & WorkerScope;

const END_OF_CODESTREAM = Uint8Array.of(0xff, 0xd9);

let codec: Promise<Codec> | undefined;
let current: AbortController | undefined;

scope.addEventListener("message", ({ data }) => {
  current?.abort();
  current = new AbortController();
  void load(data, current.signal);
});

/** Fetches a frame, and decodes each level as soon as its bytes are there. */
async function load(request: FrameRequest, signal: AbortSignal): Promise<void> {
  const { frame } = request;
  const tell = (message: FrameMessage, transfer?: readonly ArrayBufferLike[]): void => {
    if (!signal.aborted) scope.postMessage(message, transfer);
  };
  let fault: string | undefined;
  try {
    const { path, headers, body } = request;
    const response = await fetch(path, { method: "POST", headers, body, signal, cache: "no-store" });
    fault = response.headers.get("x-local-fault") ?? undefined;
    if (!response.ok || response.body === null) throw new Error(await describeRefusal(response));
    const length = response.headers.get("content-length");
    const arriving = new ArrivingFrame(request, length === null ? undefined : Number(length));
    const reader = response.body.getReader();
    // Not every browser can iterate over a stream.
    for (let part = await reader.read(); !part.done && !signal.aborted; part = await reader.read()) {
      await arriving.add(part.value, tell, signal);
      if (arriving.isDone) break;
    }
    await reader.cancel();
    const { received, isWhole } = arriving;
    tell({ frame, kind: "ended", received, isWhole, fault });
  } catch (error) {
    tell({ frame, kind: "failed", message: errorMessage(error), fault });
  }
}

async function describeRefusal(response: Response): Promise<string> {
  const type = response.headers.get("x-amzn-errortype") ?? "HTTP";
  const text = await response.text();
  const { message } = text.startsWith("{") ? (JSON.parse(text) as { message?: string }) : { message: text };
  return `${type} ${response.status}: ${message ?? ""}`;
}

type Tell = (message: FrameMessage, transfer?: readonly ArrayBufferLike[]) => void;

/** What has arrived of a frame, and which levels of it are decoded. */
class ArrivingFrame {
  readonly #request: FrameRequest;
  readonly #total: number | undefined;
  #bytes: Uint8Array<ArrayBuffer>;
  #ends: LevelEnds | undefined;
  #decoded = 0;
  received = 0;

  constructor(request: FrameRequest, total: number | undefined) {
    this.#request = request;
    this.#total = total;
    this.#bytes = new Uint8Array(total ?? 65_536);
  }

  get isWhole(): boolean {
    return this.#ends !== undefined && this.#decoded === this.#ends.ends.length;
  }

  /** Whether nothing more is wanted. */
  get isDone(): boolean {
    const { stopAt } = this.#request;
    return stopAt !== undefined && this.#decoded > stopAt;
  }

  async add(chunk: Uint8Array, tell: Tell, signal: AbortSignal): Promise<void> {
    this.#append(chunk);
    const { frame } = this.#request;
    tell({ frame, kind: "received", received: this.received, total: this.#total });
    if (this.#ends === undefined) {
      this.#ends = readLevelEnds(this.#bytes.subarray(0, this.received));
      if (this.#ends !== undefined) tell({ frame, kind: "levels", count: this.#ends.ends.length });
    }
    while (!signal.aborted && !this.isDone) {
      const end = this.#ends?.ends[this.#decoded];
      if (this.#ends === undefined || end === undefined || end > this.received) return;
      const decoded = await this.#decode(this.#ends, end);
      this.#decoded++;
      tell({ frame, kind: "decoded", decoded }, [decoded.samples.buffer]);
    }
  }

  #append(chunk: Uint8Array): void {
    if (this.received + chunk.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.received + chunk.length));
      larger.set(this.#bytes.subarray(0, this.received));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.received);
    this.received += chunk.length;
  }

  /** A codestream that ends after a level's tile-parts is one of its own. */
  async #decode({ start, ends }: LevelEnds, end: number): Promise<DecodedLevel> {
    const level = this.#decoded;
    const part = new Uint8Array(end - start + END_OF_CODESTREAM.length);
    part.set(this.#bytes.subarray(start, end));
    part.set(END_OF_CODESTREAM, end - start);
    const used = await readyCodec();
    const began = performance.now();
    const { samples, ...decoded } = decodeFrame(part, used, ends.length - 1 - level);
    const decodeMs = performance.now() - began;
    const listed = this.#request.levels.find(
      ({ Width, Height }) => Width === decoded.width && Height === decoded.height,
    );
    const isVerified = listed && matches(listed, samples);
    // Out of the codec's memory.
    return { ...decoded, level, samples: samples.slice(), byteLength: end, isVerified, decodeMs };
  }
}

/** The checksum is over samples as wide as BitsAllocated: 8 bits may stand in 16. */
function matches({ Checksum }: ListedLevel, samples: DecodedLevel["samples"]): boolean {
  if (checksum(samples) === Checksum) return true;
  return sampleBytes(samples).length === samples.length && checksum(widenSamples(samples, 16)) === Checksum;
}

async function readyCodec(): Promise<Codec> {
  const loaded = await (codec ??= loadCodec());
  if (!needsRecycling(loaded)) return loaded;
  return (codec = loadCodec());
}
