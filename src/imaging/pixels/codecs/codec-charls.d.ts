/**
 * The part of @cornerstonejs/codec-charls that is used: CharLS, a decoder of JPEG-LS (ISO/IEC
 * 14495-1), compiled to WebAssembly.
 */
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  export interface JpegLSDecoder {
    /** The buffer for the caller's codestream, `byteLength` bytes. */
    getEncodedBuffer(byteLength: number): Uint8Array;
    /** Throws a number: see getExceptionMessage. */
    decode(): void;
    /** A view of WebAssembly memory, valid until the next call. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
    /** 0 component by component, as in the decoded buffer; 1 by line, 2 by sample. */
    getInterleaveMode(): number;
    /** The maximum difference that the encoder was allowed; 0 is lossless. */
    getNearLossless(): number;
  }

  export interface CharLs {
    readonly HEAPU8: Uint8Array;
    readonly JpegLSDecoder: new () => JpegLSDecoder;
    /** The reason for a C++ exception, whose address JavaScript catches. */
    getExceptionMessage(address: number): string;
  }

  export default function createCharLs(options?: {
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }): Promise<CharLs>;
}
