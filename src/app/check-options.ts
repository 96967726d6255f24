import { isBucketName } from "../aws/s3/bucket-names.ts";
import { closest } from "../domain/closest.ts";
import type { BucketOwner } from "../domain/import-jobs/bucket-owner.ts";
import { DEFAULT_DURATIONS } from "../domain/time/durations.ts";
import { checkAccount, checkOptionValues, checkRegion } from "./check-option-values.ts";
import type { ComposeOptions } from "./compose-options.ts";
import { problemOfTlsHosts } from "./gateway/served-hosts.ts";
import type { TlsOptions } from "./tls/open-tls.ts";

/** What a value is, in the words of messages. */
type Kind =
  | "a string"
  | "a path"
  | "a host name"
  | "a number"
  | "a boolean"
  | "a function"
  | "an array of strings"
  | "an object";
/** A `checked` value has its own reader, which says what it expects. */
type Expected = Kind | "checked";

/** Every option and what it expects. TypeScript reports a missing one. */
const COMPOSE_OPTIONS: Readonly<Record<keyof ComposeOptions, Expected>> = {
  data: "a path",
  adoptData: "a boolean",
  serviceRelease: "checked",
  dicomweb: "a boolean",
  log: "an object",
  onRequest: "a function",
  clock: "an object",
  durations: "an object",
  defaults: "an object",
  cors: "an array of strings",
  allowHost: "an array of strings",
  throttling: "checked",
  quotas: "checked",
  deny: "an array of strings",
  regions: "checked",
  workers: "checked",
  importMemory: "a number",
  bucketOwners: "an object",
  externalS3: "an object",
  console: "a boolean",
  frameContainer: "checked",
  seed: "a path",
  scenarios: "an array of strings",
  scenarioSeed: "checked",
};

const LISTENING = { port: "a number", host: "a host name", tls: "checked" } as const;
const TLS = { hosts: "an array of strings", folder: "a path" } as const;
const DEFAULTS = { account: "a string", region: "a string" } as const;
const EXTERNAL_S3 = { endpoint: "checked", region: "a string", credentials: "an object" } as const;
const DURATIONS = Object.fromEntries(
  Object.keys(DEFAULT_DURATIONS).map((name) => [name, "checked"] as const),
);

type Maker = "createEmulator" | "startEmulator";

interface ListeningOptions {
  readonly tls?: boolean | TlsOptions | undefined;
}

/**
 * Refuses a misspelt option, which would otherwise silently leave a default in its place, and a value of the
 * wrong type, which would fail later somewhere else.
 * @throws TypeError that says which option was probably meant, or what it expects
 */
export function checkOptions(maker: Maker, options: ComposeOptions & ListeningOptions): void {
  if (kindOf(options) !== "an object")
    throw new TypeError(`${maker} expects an object of options, got ${kindOf(options)}`);
  const listening = Object.keys(LISTENING).find((name) => Object.hasOwn(options, name));
  if (maker === "createEmulator" && listening !== undefined)
    throw new TypeError(`createEmulator has no option "${listening}": startEmulator listens on a port`);
  const known = maker === "createEmulator" ? COMPOSE_OPTIONS : { ...COMPOSE_OPTIONS, ...LISTENING };
  checkMembers(maker, options, known);
  const { durations = {}, defaults = {}, bucketOwners = {}, externalS3 = {} } = options;
  checkMembers(`durations of ${maker}`, durations, DURATIONS);
  checkMembers(`defaults of ${maker}`, defaults, DEFAULTS);
  checkMembers(`externalS3 of ${maker}`, externalS3, EXTERNAL_S3);
  for (const [bucket, owner] of Object.entries(bucketOwners)) checkBucketOwner(maker, bucket, owner);
  checkTls(maker, options.tls);
  checkOptionValues(maker, options);
}

function checkTls(maker: Maker, tls: ListeningOptions["tls"]): void {
  if (tls === undefined || typeof tls === "boolean") return;
  const found = kindOf(tls);
  if (found !== "an object")
    throw new TypeError(`tls of ${maker} expects true, or an object of options, got ${found}`);
  checkMembers(`tls of ${maker}`, tls, TLS);
  const problem = problemOfTlsHosts(tls.hosts ?? []);
  if (problem !== undefined) throw new TypeError(`hosts of tls of ${maker} expects ${problem}`);
}

/** An undefined option is the same as one left out. */
function checkMembers(where: string, members: object, known: Readonly<Record<string, Expected>>): void {
  for (const [name, value] of Object.entries(members).filter(([, given]) => given !== undefined)) {
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expected === undefined) throw unknownMember(where, name, Object.keys(known));
    if (!isOfKind(value, expected))
      throw new TypeError(
        `${name} of ${where} expects ${expected}, got ${value === "" ? "an empty string" : kindOf(value)}`,
      );
  }
}

function isOfKind(value: unknown, kind: Expected): boolean {
  if (kind === "checked") return true;
  // An empty path would be the current folder, an empty host every address.
  if (kind === "a path" || kind === "a host name") return typeof value === "string" && value !== "";
  return kindOf(value) === kind;
}

function checkBucketOwner(maker: Maker, bucket: string, owner: unknown): void {
  const of = `bucketOwners of ${maker}`;
  if (!isBucketName(bucket))
    throw new TypeError(`${of} expects names of buckets, got ${JSON.stringify(bucket)}`);
  const where = `${JSON.stringify(bucket)} in ${of}`;
  if (kindOf(owner) !== "an object")
    throw new TypeError(
      `${where} expects an object such as { account: "111122223333" }, got ${kindOf(owner)}`,
    );
  const members = owner as Partial<BucketOwner>;
  checkMembers(where, members, DEFAULTS);
  const { account, region } = members;
  checkAccount(where, account);
  if (region !== undefined) checkRegion(where, region);
}

function unknownMember(where: string, name: string, known: readonly string[]): TypeError {
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : ` Did you mean ${JSON.stringify(meant)}?`;
  return new TypeError(
    `${where} has no option ${JSON.stringify(name)}.${hint} Expected one of ${known.join(", ")}`,
  );
}

/** The type without the value, which may be a secret. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const other: unknown = value.find((item) => typeof item !== "string");
    return value.every((item) => typeof item === "string")
      ? "an array of strings"
      : `an array with ${kindOf(other)}`;
  }
  if (typeof value === "undefined") return "undefined";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
