import { closest } from "../domain/closest.ts";
import { DEFAULT_DURATIONS } from "../domain/time/durations.ts";
import type { ComposeOptions } from "./compose-options.ts";

/** Names by which options are checked: TypeScript says when one is missing. */
const COMPOSE_OPTIONS: Readonly<Record<keyof ComposeOptions, true>> = {
  data: true,
  adoptData: true,
  log: true,
  onRequest: true,
  clock: true,
  durations: true,
  defaults: true,
  cors: true,
  allowHost: true,
  throttling: true,
  quotas: true,
  deny: true,
  regions: true,
  workers: true,
  importMemory: true,
  bucketOwners: true,
  externalS3: true,
  frameContainer: true,
  seed: true,
  scenarios: true,
  scenarioSeed: true,
};

const LISTENING = ["port", "host"];

type Maker = "createEmulator" | "startEmulator";

/**
 * A misspelt option is refused: it would leave a default in its place without a word.
 * @throws TypeError that names the option that was probably meant
 */
export function checkOptions(maker: Maker, options: ComposeOptions): void {
  const listening = LISTENING.find((name) => Object.hasOwn(options, name));
  if (maker === "createEmulator" && listening !== undefined)
    throw new TypeError(`createEmulator has no option "${listening}": startEmulator listens on a port`);
  checkNames(maker, options, [...Object.keys(COMPOSE_OPTIONS), ...LISTENING]);
  const { durations = {}, defaults = {} } = options;
  checkNames(`durations of ${maker}`, durations, Object.keys(DEFAULT_DURATIONS));
  checkNames(`defaults of ${maker}`, defaults, ["account", "region"]);
}

/** What is undefined asks for nothing. */
function checkNames(where: string, options: object, known: readonly string[]): void {
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !known.includes(name),
  );
  if (unknown === undefined) return;
  const [name] = unknown;
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : ` Did you mean ${JSON.stringify(meant)}?`;
  throw new TypeError(`${where} has no option ${JSON.stringify(name)}.${hint} There is ${known.join(", ")}`);
}
