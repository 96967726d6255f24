/** The part of WebAssembly's interface that is used here: Node.js's types have none of it. */
declare namespace WebAssembly {
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  const Instance: new (module: object) => { readonly exports: object };
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
}
