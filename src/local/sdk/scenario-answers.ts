/** What `/_local/scenarios`, `/_local/requests` and `/_local/calls` answer: times are ISO 8601. */
export interface ScenarioAnswer {
  readonly name: string;
  readonly description?: string;
  readonly status: "active" | "expired" | "loaded" | "preset";
  /** These five while it is active, and after it has expired. */
  readonly seed?: number;
  readonly scope?: ScopeAnswer;
  readonly activatedAt?: string;
  readonly expiresAt?: string;
  readonly held?: readonly HeldAnswer[];
  /** Where it is, of one that has states. */
  readonly state?: {
    readonly id: string;
    readonly since: string;
    readonly until?: string;
    readonly signals: readonly string[];
  };
  readonly rules: readonly { readonly id: string; readonly hits: number }[];
}

interface ScopeAnswer {
  readonly account?: string;
  readonly accessKey?: string;
  readonly region?: string;
}

/** A resource that a rule keeps in its status. */
interface HeldAnswer {
  readonly resource: string;
  readonly status: string;
  readonly rule: string;
  readonly since: string;
  readonly until?: string;
  readonly signal?: string;
}

export interface ScenariosAnswer {
  readonly scenarios: readonly ScenarioAnswer[];
  /** Names of those of the package that are not loaded. */
  readonly presets: readonly string[];
}

/** What may be chosen anew when a scenario is activated. */
export interface ActivationOptions {
  readonly seed?: number | undefined;
  /** Whose calls and imports it touches. */
  readonly scope?: ScopeAnswer | undefined;
  /** `10m` */
  readonly ttl?: string | undefined;
}

/** One firing of a rule: of a call, or of what happened by itself. */
export interface HitAnswer {
  readonly at: string;
  readonly rule: string;
  /** `scenario/rule#3` */
  readonly fault: string;
  readonly subject: Readonly<Record<string, unknown>>;
}

export interface VerdictAnswer {
  /** Everything is as expected, and it is certain. */
  readonly ok: boolean;
  readonly failures: readonly FindingAnswer[];
  /** What cannot be told, since the journal no longer has all requests since the activation. */
  readonly inconclusive: readonly FindingAnswer[];
}

interface FindingAnswer {
  readonly expectation: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** All that is given must hold. */
export interface RequestFilters {
  /** `GetImageFrame`, `Get*` */
  readonly op?: string | undefined;
  /** `404`, `5xx`, or the type of an error. */
  readonly status?: string | number | undefined;
  /** After the request of this number, or from a time on. */
  readonly since?: string | number | undefined;
  /** A scenario, or a rule: `nightly/half-frames`. */
  readonly fault?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly account?: string | undefined;
  readonly invocationId?: string | undefined;
  /** The last so many; 100 where left out. */
  readonly limit?: number | undefined;
}

/** One request for an operation. */
export interface RequestAnswer {
  readonly seq: number;
  readonly at: string;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId?: string;
  readonly invocationId?: string;
  readonly attempt?: number;
  /** Its beginning. */
  readonly requestBody: string;
  readonly status?: number;
  readonly errorType?: string;
  readonly requestId?: string;
  readonly errorBody?: string;
  readonly brokeOff?: "reset" | "close" | "hang";
  readonly durationMs?: number;
  /** While it is not answered. */
  readonly isPending?: true;
  readonly faults: readonly string[];
}

export interface RequestsAnswer {
  /** How many the journal has let go. */
  readonly dropped: number;
  readonly found: number;
  readonly requests: readonly RequestAnswer[];
  /** What scenarios did that no request was part of. */
  readonly hits: readonly Omit<HitAnswer, "rule">[];
}

/** A call as a client counts it: all attempts of its SDK. */
export interface CallAnswer {
  readonly invocationId?: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId?: string;
  readonly outcome: "success" | "failure" | "pending";
  readonly attempts: readonly Pick<
    RequestAnswer,
    "seq" | "at" | "status" | "errorType" | "brokeOff" | "faults"
  >[];
}

export interface CallsAnswer {
  readonly dropped: number;
  readonly found: number;
  readonly calls: readonly CallAnswer[];
}
