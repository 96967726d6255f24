import { dicomFile, instanceElements } from "../imaging/dicom/write-dicom.ts";

/** Private elements of a file from group 0x2001 on, in Explicit VR Little Endian, 10 bytes each. */
const FIRST_GROUP = 0x2001;
const ELEMENTS_OF_GROUP = 0xe000;
const FIRST_ELEMENT = 0x1000;

/** A file without pixel data whose metadata is many times its size. */
export function withPrivateElements(count: number): Uint8Array<ArrayBuffer> {
  const tail = Buffer.alloc(count * 10);
  for (let index = 0; index < count; index++) {
    const at = index * 10;
    tail.writeUInt16LE(FIRST_GROUP + 2 * Math.floor(index / ELEMENTS_OF_GROUP), at);
    tail.writeUInt16LE(FIRST_ELEMENT + (index % ELEMENTS_OF_GROUP), at + 2);
    tail.write("SH", at + 4, "latin1");
    tail.writeUInt16LE(2, at + 6);
    tail.write("ab", at + 8, "latin1");
  }
  return new Uint8Array(dicomFile(instanceElements(), { tail: new Uint8Array(tail) }));
}
