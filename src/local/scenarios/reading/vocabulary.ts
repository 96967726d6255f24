import { ACCOUNT_PATTERN } from "../../../api/account.ts";
import { QUOTA_ALIASES } from "../../../api/limits/quota-names.ts";
import { QUOTA_NAMES } from "../../../domain/limits/quotas.ts";
import { RESOURCE_KINDS } from "../../../domain/resource.ts";
import { DURATION } from "./scenario-duration.ts";
import { FAULTS } from "../faults/faults.ts";
import { DICOM_TAGS } from "../rules/match.ts";
import { NAME } from "./name.ts";
import { KEY_KINDS } from "../scenario.ts";
import { SEED } from "./seed-schema.ts";
import type { Schema } from "./schema.ts";

const TEXT: Schema = { type: "string", maxLength: 256 };

/** One or several. */
const list = (item: Schema, description?: string): Schema => ({
  ...(description === undefined ? {} : { description }),
  anyOf: [item, { type: "array", items: item, minItems: 1, maxItems: 100 }],
});

const object = (properties: Record<string, Schema>, more: Partial<Schema> = {}): Schema => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...more,
});

const QUOTA: Schema = { type: "number", minimum: 0, maximum: 2 ** 40 };
const COUNT: Schema = { type: "integer", minimum: 0 };
const STATUS: Schema = { type: "string", maxLength: 64 };
const ORDINAL: Schema = { type: "integer", minimum: 1 };
const texts = (description: string): Schema => list(TEXT, description);

const MATCH = object({
  op: texts("operations: a name, a pattern such as Get*, or dicomweb:*"),
  datastore: texts("data stores: an id, or a name after `name:`"),
  imageSet: object({
    id: texts("ids"),
    dicom: object(Object.fromEntries(Object.keys(DICOM_TAGS).map((keyword) => [keyword, list(TEXT)])), {
      description: "searchable elements in the metadata of the latest version",
      minProperties: 1,
    }),
  }),
  study: texts("Study Instance UIDs in the paths of DICOMweb calls"),
  series: texts("Series Instance UIDs in the paths of DICOMweb calls"),
  instance: texts("SOP Instance UIDs in the paths of DICOMweb calls"),
  frame: texts("ids of image frames"),
  job: object({ id: texts("ids"), name: texts("names") }),
  file: texts("S3 keys of files in an import; ** matches any number of folders"),
  transition: object(
    {
      resource: { type: "string", enum: RESOURCE_KINDS },
      from: list(STATUS, "transient statuses: CREATING, IN_PROGRESS, LOCKED, UPDATING ..."),
    },
    {
      description: "a resource that is about to leave a status, for hold, delay and fail",
      required: ["resource"],
    },
  ),
  caller: object({ accessKey: list(TEXT), account: list(TEXT) }),
  sdk: object({ attempt: list(ORDINAL, "number of the SDK's attempt: 1 is the first, 2 the first retry") }),
});

const WHEN = object({
  nth: list(ORDINAL, "only these matches, counted from 1"),
  from: { ...ORDINAL, description: "this match and later ones" },
  to: { ...ORDINAL, description: "this match and earlier ones" },
  every: { ...ORDINAL, description: "every n-th match, counted from `from` if that is given" },
  max: { ...ORDINAL, description: "at most n times" },
  countBy: { type: "string", enum: KEY_KINDS, description: "counts separately for each value of this" },
  above: object(
    {
      rate: { type: "number", minimum: 0.001, maximum: 1_000_000 },
      burst: { type: "integer", minimum: 1, maximum: 1_000_000 },
    },
    { description: "only matches above a rate per second, after a burst", required: ["rate", "burst"] },
  ),
  probability: { type: "number", minimum: 0, maximum: 1, description: "random, from the scenario's seed" },
  window: object(
    { after: DURATION, for: DURATION, every: DURATION },
    { description: "time since the activation, on the emulator's clock", minProperties: 1 },
  ),
});

const EFFECT = object(Object.fromEntries([...FAULTS].map(([name, { schema }]) => [name, schema])), {
  minProperties: 1,
  maxProperties: 1,
});

const RULE = object(
  {
    id: NAME,
    match: { ...MATCH, description: "all conditions must hold" },
    when: { ...WHEN, description: "which of the matches count; all conditions must hold" },
    effects: { type: "array", items: EFFECT, minItems: 1, maxItems: 20 },
    stealth: { type: "boolean", description: "answers do not have the header x-local-fault" },
  },
  { required: ["id", "effects"] },
);

const CALLS = object({
  op: texts("operations"),
  outcome: { type: "string", enum: ["success", "failure"] },
  attempts: ORDINAL,
});

const COUNTS = { exactly: COUNT, atLeast: COUNT, atMost: COUNT } as const;

const EXPECTATION = object(
  {
    rule: { ...NAME, description: "a rule; hits is how often it must have fired" },
    hits: { anyOf: [COUNT, object(COUNTS, { minProperties: 1 })] },
    calls: { ...CALLS, description: "calls as a client counts them: all attempts of an SDK are one call" },
    ...COUNTS,
    order: {
      description: "operations in the order of their calls; other calls may come between",
      type: "array",
      items: TEXT,
      minItems: 1,
      maxItems: 100,
    },
    never: { ...CALLS, description: "calls that must not happen" },
  },
  { minProperties: 1 },
);

const STATE = object(
  {
    id: NAME,
    rules: {
      type: "array",
      items: NAME,
      maxItems: 1_000,
      description: "rules that are armed in this state",
    },
    next: {
      description: "transitions to other states; each has one of after, signal, hits",
      type: "array",
      maxItems: 100,
      items: object(
        {
          goto: NAME,
          after: { ...DURATION, description: "a time in this state, such as 30s" },
          signal: { ...NAME, description: "a signal, sent by POST .../signal" },
          hits: object({ rule: NAME, count: ORDINAL }, { required: ["rule", "count"] }),
        },
        { required: ["goto"] },
      ),
    },
  },
  { required: ["id", "rules"] },
);

export const SCOPE = object({
  account: { type: "string", description: "12 digits in quotes", pattern: ACCOUNT_PATTERN },
  accessKey: TEXT,
  region: TEXT,
});

/**
 * The body of `POST .../activate`. Its `ttl` accepts every form of a duration, not only those of scenario
 * files.
 */
export const ACTIVATION = object({ seed: SEED, scope: SCOPE, ttl: { type: "string" } });

/** The body of `POST .../signal`. */
export const SIGNAL = object({ signal: NAME }, { required: ["signal"] });

/** The keys of a scenario. */
export const SCENARIO = object(
  {
    name: NAME,
    description: { type: "string", maxLength: 4096 },
    seed: { ...SEED, description: "seed for random decisions: the same seed gives the same decisions" },
    scope: { ...SCOPE, description: "callers whose calls and imports the scenario affects; default: all" },
    ttl: { ...DURATION, description: "time such as 10m, after which the scenario is deactivated" },
    quotas: {
      ...object(Object.fromEntries([...QUOTA_NAMES, ...QUOTA_ALIASES.keys()].map((name) => [name, QUOTA]))),
      description: "quotas while the scenario is active, including those that AWS never adjusts",
    },
    rules: { type: "array", items: RULE, minItems: 1, maxItems: 1_000 },
    states: {
      description: "the scenario starts in the first state; rules that no state lists are always armed",
      type: "array",
      items: STATE,
      minItems: 1,
      maxItems: 100,
    },
    expect: {
      type: "array",
      items: EXPECTATION,
      maxItems: 100,
      description: "expectations, checked by POST .../verify",
    },
  },
  { minProperties: 1 },
);

/** In its published form: https://json-schema.org/draft/2020-12 */
export const PUBLISHED_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A scenario of healthimaging-local",
  ...SCENARIO,
  properties: { $schema: { type: "string" }, ...SCENARIO.properties },
};
