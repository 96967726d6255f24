import type { ResourceKind } from "../../domain/resource.ts";
import type { Effect } from "./faults/effect.ts";

/** A scenario in the form of its file: what goes wrong, and what is expected. */
export interface Scenario {
  readonly name?: string;
  readonly description?: string;
  /** Seed for random decisions; by default the emulator's, which is 0. */
  readonly seed?: number;
  readonly scope?: Partial<ScenarioScope>;
  /** Deactivated after this time: `10m`. */
  readonly ttl?: string;
  /** Override quotas while it is active: by AWS's name, in the quota's unit. */
  readonly quotas?: Readonly<Record<string, number>>;
  readonly rules: readonly Rule[];
  readonly states?: readonly ScenarioState[];
  readonly expect?: readonly Expectation[];
}

/** In this state, of the rules that any state names, only these are armed. */
export interface ScenarioState {
  readonly id: string;
  readonly rules: readonly string[];
  readonly next?: readonly StateTransition[];
}

/** The condition of a change of state: a time, a signal, or hits of a rule in this state. */
export interface StateTransition {
  readonly goto: string;
  readonly after?: string;
  readonly signal?: string;
  readonly hits?: { readonly rule: string; readonly count: number };
}

/** The callers whose calls and imports a scenario affects; by default all. */
export interface ScenarioScope {
  readonly account: string;
  readonly accessKey: string;
  readonly region: string;
}

export interface Rule {
  readonly id: string;
  readonly match?: Match;
  readonly when?: When;
  readonly effects: readonly Readonly<Record<string, unknown>>[];
  /** Faulted answers do not reveal it. */
  readonly stealth?: boolean;
}

export type Strings = string | readonly string[];

/** All conditions must hold. */
export interface Match {
  readonly op?: Strings;
  /** Ids, or `name:` and a name. */
  readonly datastore?: Strings;
  readonly imageSet?: { readonly id?: Strings; readonly dicom?: Readonly<Record<string, Strings>> };
  /** UIDs in the path of a DICOMweb call. */
  readonly study?: Strings;
  readonly series?: Strings;
  readonly instance?: Strings;
  readonly frame?: Strings;
  readonly job?: { readonly id?: Strings; readonly name?: Strings };
  /** S3 keys of files in an import. */
  readonly file?: Strings;
  /** A transition: without `from`, every transient state. */
  readonly transition?: { readonly resource: ResourceKind; readonly from?: Strings };
  readonly caller?: { readonly accessKey?: Strings; readonly account?: Strings };
  readonly sdk?: { readonly attempt?: number | readonly number[] };
}

/** Matches are counted; all of these conditions must hold for a rule to fire. */
export interface When {
  readonly nth?: number | readonly number[];
  readonly from?: number;
  readonly to?: number;
  readonly every?: number;
  /** How often the rule may take effect, for each key. */
  readonly max?: number;
  /** The key of separate counts; by default one count. */
  readonly countBy?: KeyKind;
  /** Only calls that exceed this rate: a token bucket for each key, in calls a second. */
  readonly above?: { readonly rate: number; readonly burst: number };
  readonly probability?: number;
  readonly window?: { readonly after?: string; readonly for?: string; readonly every?: string };
}

export const KEY_KINDS = ["rule", "caller", "datastore", "imageSet", "frame", "job", "file", "op"] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export interface Count {
  readonly exactly?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface CallPattern {
  readonly op?: Strings;
  readonly outcome?: "success" | "failure";
  readonly attempts?: number;
}

export type Expectation =
  | { readonly rule: string; readonly hits: number | Count }
  | ({ readonly calls: CallPattern } & Count)
  | { readonly order: readonly string[] }
  | { readonly never: CallPattern };

/** A rule with resolved names. */
export interface ReadyRule extends Rule {
  /** The kind of events that it matches: all its effects are of this kind. */
  readonly kind: Effect["kind"];
  /** Empty if it does not match calls. */
  readonly operations: ReadonlySet<string>;
  readonly ready: readonly Effect[];
}

/** A valid scenario. */
export interface ReadyScenario extends Scenario {
  readonly name: string;
  readonly rules: readonly ReadyRule[];
  /** The source text. */
  readonly text: string;
}
