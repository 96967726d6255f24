import type { ServiceRelease } from "./service-release.ts";

/** What one release does, in a sentence, and the value from which parts are built. */
interface OfRelease<Value> {
  readonly does: string;
  readonly value: Value;
}

/** A difference between the releases. */
export interface Behaviour<Value> {
  readonly topic: string;
  /** Its launch (ISO 8601); null where AWS has not published it. */
  readonly launched: string | null;
  /** A page of AWS. */
  readonly source: string;
  /** The members of the service model that came with it. */
  readonly brings?: NewMembers;
  /** The emulator does not have it in any release: its inputs are ignored and reported, its outputs are not sent. */
  readonly isMissing?: true;
  readonly releases: Readonly<Record<ServiceRelease, OfRelease<Value>>>;
  /** A test that shows it, and its title. */
  readonly test: { readonly file: string; readonly title: string };
}

/** In the form of the overlay that narrows the service model. */
export interface NewMembers {
  /** Paths of members by operation. */
  readonly inputsIgnored?: Readonly<Record<string, readonly string[]>>;
  /** Members by shape. */
  readonly outputsNeverSent?: Readonly<Record<string, readonly string[]>>;
}

/** Checks a row of the table. */
export const behaviour = <Value>(row: Behaviour<Value>): Behaviour<Value> => row;

/** A difference in what the service model lists: nothing else is built from it. */
export const ofModel = ({
  releases,
  ...row
}: Omit<Behaviour<undefined>, "releases"> & {
  readonly releases: Readonly<Record<ServiceRelease, string>>;
}): Behaviour<undefined> => {
  const [older, newer] = [releases["2024-05"], releases["2026-06"]];
  return {
    ...row,
    releases: { "2024-05": { does: older, value: undefined }, "2026-06": { does: newer, value: undefined } },
  };
};
