/** What a client token was first used for, and the answer that it gets again. */
export interface ClientToken {
  /** Of caller, operation and token: 32 hexadecimal digits. */
  readonly tokenId: string;
  /** Of the resource that it made, or that it made one in. */
  readonly datastoreId: string;
  /** Of the request's parsed input. */
  readonly fingerprint: string;
  readonly answer: Readonly<Record<string, string | number>> & { readonly datastoreId: string };
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}
