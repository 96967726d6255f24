/**
 * The part of @cornerstonejs/codec-charls that is used: CharLS, a decoder of JPEG-LS (ISO/IEC
 * 14495-1), compiled to WebAssembly.
 */
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  export interface JpegLSDecoder {
    /** Where the caller puts the codestream, `byteLength` bytes. */
    getEncodedBuffer(byteLength: number): Uint8Array;
    /** Throws a number: see getExceptionMessage. */
    decode(): void;
    /** A view into WebAssembly memory, good until the next call. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
    /** 0 component after component, and so is the decoded buffer; 1 by line, 2 by sample. */
    getInterleaveMode(): number;
    /** The largest difference that the encoder was allowed; 0 is lossless. */
    getNearLossless(): number;
  }

  export interface CharLs {
    readonly HEAPU8: Uint8Array;
    readonly JpegLSDecoder: new () => JpegLSDecoder;
    /** The reason for a C++ exception, of which JavaScript catches the address. */
    getExceptionMessage(address: number): string;
  }

  export default function createCharLs(options?: {
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }): Promise<CharLs>;
}
