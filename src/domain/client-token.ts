/** The first use of a client token, and the answer that a repeated call receives. */
export interface ClientToken {
  /** Hash of caller, operation and token: 32 hexadecimal digits. */
  readonly tokenId: string;
  /** Id of the created resource, or of the data store in which it was created. */
  readonly datastoreId: string;
  /** Hash of the request's parsed input. */
  readonly fingerprint: string;
  readonly answer: Readonly<Record<string, string | number>> & { readonly datastoreId: string };
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}
