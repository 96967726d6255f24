import type { NewMembers } from "../releases/behaviour.ts";
import { missingMembers } from "../releases/behaviours.ts";
import { DEFAULT_RELEASE, type ServiceRelease } from "../releases/service-release.ts";
import narrowed from "./seed-overrides.json" with { type: "json" };

/** What narrows the published model. */
export interface Overlay extends NewMembers {
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  readonly constraints?: Readonly<Record<string, { min?: number; max?: number; pattern?: string }>>;
  readonly errorsRemoved?: Readonly<Record<string, readonly string[]>>;
}

/** The published model is that of the newest release, without what the emulator has in none. */
export const overlaysOf = (release: ServiceRelease): readonly Overlay[] =>
  release === DEFAULT_RELEASE ? [narrowed] : missingMembers();
