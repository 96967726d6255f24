/** One data element of a file: a view of its bytes, nothing decoded. */
export interface DataElement {
  /** GGGGEEEE, upper-case hex. */
  readonly tag: string;
  /** A VR of PS3.5 6.2: the written one, or the dictionary's if none was written. UN if unknown. */
  readonly vr: string;
  /** The value field, little-endian; empty for sequences and for encapsulated pixel data. */
  readonly bytes: Uint8Array;
  /** The items of a sequence. */
  readonly items?: readonly DataSet[];
  /** The fragments of encapsulated pixel data (PS3.5 A.4). */
  readonly encapsulated?: {
    readonly offsetTable: readonly number[];
    readonly fragments: readonly Uint8Array[];
  };
}

/** Elements by tag, in ascending order of tags, without group lengths and delimiters. */
export type DataSet = ReadonlyMap<string, DataElement>;
