/**
 * The part of @cornerstonejs/codec-openjpeg that is used: OpenJPEG, a decoder of JPEG 2000 (ISO/IEC
 * 15444-1) and HTJ2K (15444-15), compiled to WebAssembly. No more than this is to be relied on: it
 * reads components alike in size and depth, and of up to 16 bits.
 */
declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  export interface J2KDecoder {
    /** Where the caller puts the codestream, `byteLength` bytes. */
    getEncodedBuffer(byteLength: number): Uint8Array;
    /** Where it fails it prints why, in lines that begin with [ERROR], and throws nothing. */
    decode(): void;
    /** A view into WebAssembly memory, good until the next call. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
    /** Whether the wavelet is the one of integers, 5/3. */
    getIsReversible(): boolean;
  }

  export interface OpenJpeg {
    readonly HEAPU8: Uint8Array;
    readonly J2KDecoder: new () => J2KDecoder;
  }

  export default function createOpenJpeg(options?: {
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }): Promise<OpenJpeg>;
}
