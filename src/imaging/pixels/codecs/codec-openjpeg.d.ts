/**
 * The part of @cornerstonejs/codec-openjpeg that is used: OpenJPEG, a decoder of JPEG 2000 (ISO/IEC 15444-1)
 * and HTJ2K (15444-15), compiled to WebAssembly. It reads components of equal size and depth, of up to 16
 * bits; rely on nothing else.
 */
declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  export interface J2KDecoder {
    /** The buffer for the caller's codestream, `byteLength` bytes. */
    getEncodedBuffer(byteLength: number): Uint8Array;
    /** On failure it prints the reason, in lines that begin with [ERROR], and throws nothing. */
    decode(): void;
    /** A view of WebAssembly memory, valid until the next call. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
    /** Whether the wavelet is the integer one, 5/3. */
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
