import type { Scope } from "../api/arns.ts";

/** The caller, as far as it is known: signatures are read, never verified. */
export interface Caller extends Scope {
  /** Undefined for an unsigned request, which belongs to the default account and region. */
  readonly accessKeyId: string | undefined;
}
