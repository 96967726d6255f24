/**
 * The part of @cornerstonejs/codec-openjph that is used: OpenJPH, an encoder and decoder of HTJ2K (ISO/IEC
 * 15444-15), compiled to WebAssembly. Objects live in WebAssembly memory until `delete()`; every buffer is a
 * view of that memory, valid until the next call.
 */
declare module "@cornerstonejs/codec-openjph" {
  export interface FrameInfo {
    /** Pixels. */
    width: number;
    /** Pixels. */
    height: number;
    /** Precision of a sample, 1 to 16. Samples take one byte up to 8 bits, else two. */
    bitsPerSample: number;
    /** Samples a pixel. */
    componentCount: number;
    isSigned: boolean;
    /** The reversible colour transform of ISO/IEC 15444-1 G.2 over components 0 to 2. */
    isUsingColorTransform: boolean;
  }

  export interface HTJ2KEncoder {
    /**
     * The buffer for the caller's samples: little endian, interleaved by pixel. Throws a number (the address
     * of a C++ exception) if there is no memory.
     */
    getDecodedBuffer(frameInfo: FrameInfo): Uint8Array;
    /** The encoded codestream. */
    getEncodedBuffer(): Uint8Array;
    /** Throws a number, as above; the reason is printed. */
    encode(): void;
    /** Wavelet decompositions, 1 to 32: resolutions less one. */
    setDecompositions(decompositions: number): void;
    /** `quantizationStep` is read only where `lossless` is false. */
    setQuality(lossless: boolean, quantizationStep: number): void;
    /** 0 LRCP, 1 RLCP, 2 RPCL, 3 PCRL, 4 CPRL (ISO/IEC 15444-1 B.12). */
    setProgressionOrder(progressionOrder: number): void;
    /** Adds the marker that lists the lengths of the tile-parts (ISO/IEC 15444-1 A.7.1). */
    setTLMMarker(isSet: boolean): void;
    /** Starts a tile-part at each resolution. */
    setTilePartDivisionsAtResolutions(isSet: boolean): void;
    delete(): void;
  }

  export interface HTJ2KDecoder {
    /** The buffer for the caller's codestream, `byteLength` bytes. */
    getEncodedBuffer(byteLength: number): Uint8Array;
    /** The decoded samples: little endian, one byte up to 8 bits, else two. */
    getDecodedBuffer(): Uint8Array;
    /** Halves the full resolution `reduction` times. Does not throw: see getLastErrorMessage. */
    decodeSubResolution(reduction: number): void;
    /** Empty after a successful decoding, also of a truncated codestream. */
    getLastErrorMessage(): string;
    delete(): void;
  }

  export interface OpenJph {
    readonly HTJ2KEncoder: new () => HTJ2KEncoder;
    readonly HTJ2KDecoder: new () => HTJ2KDecoder;
    /** The entire WebAssembly memory. It grows and never shrinks. */
    readonly HEAPU8: Uint8Array;
  }

  export interface OpenJphOptions {
    /** Receives each line that the codec would write to standard output. */
    print?: (line: string) => void;
    /** Receives each line that the codec would write to standard error. */
    printErr?: (line: string) => void;
  }

  export default function createOpenJph(options?: OpenJphOptions): Promise<OpenJph>;
}
