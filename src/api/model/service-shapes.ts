/** A model as plain data. */
export interface Service {
  readonly operations: readonly Operation[];
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface Operation {
  readonly name: string;
  readonly method: string;
  /** With labels: `/datastore/{datastoreId}`. */
  readonly requestUri: string;
  readonly input: string;
  readonly output: string;
  readonly errors: readonly string[];
  /** Changes nothing (the model's `readonly` trait, and SearchImageSets, which lacks it). */
  readonly isReadOnly: boolean;
  /** The prefix of the operation's host on AWS: `runtime-`, `dicom-`, or none. */
  readonly hostPrefix: string | undefined;
  /** HEAD is answered as GET, without the body. */
  readonly answersHead?: true;
}

export interface Shape {
  readonly type: "structure" | "list" | "map" | "string" | "integer" | "boolean" | "timestamp" | "blob";
  readonly members?: Readonly<Record<string, Member>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  /** Counts characters of strings, bytes of blobs, items of lists; for integers the value. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Exactly one member is set. */
  readonly union?: boolean;
  readonly sensitive?: boolean;
  /** The member that is the entire HTTP body. */
  readonly payload?: string;
}

export interface Member {
  readonly shape: string;
  /**
   * Of DICOMweb: `rawquery` is the whole query as it was sent, `endpoint` where the client has sent the request:
   * `http://localhost:4464`.
   */
  readonly location?: "uri" | "querystring" | "header" | "rawquery" | "endpoint";
  readonly locationName?: string;
}
