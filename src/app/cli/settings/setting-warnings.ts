import { behavioursOf } from "../../../api/releases/behaviours.ts";
import type { ServiceRelease } from "../../../api/releases/service-release.ts";
import { closest } from "../../../domain/closest.ts";
import { SERVE } from "../commands/own-commands.ts";
import { S3_VARIABLES } from "./external-s3.ts";
import { nameOfVariable, PREFIX, type Environment } from "./flags.ts";

const KNOWN: readonly string[] = [
  ...SERVE.flags.map(({ flag }) => nameOfVariable(flag)),
  ...S3_VARIABLES,
  nameOfVariable("endpoint"),
];

/**
 * Variables of other programs: of the emulator's own tests, of the fixtures for pytest, and those that Kubernetes sets in
 * each pod for a service named healthimaging-local.
 */
const OF_OTHERS = /^(?:TEST_.*|COMMAND|SERVICE_(?:HOST|PORT(?:_.*)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_.*)?)$/;

/** One sentence for each variable that looks like a setting and is none. */
export function findUnreadVariables(env: Environment): string[] {
  const names = Object.keys(env).filter(
    (name) => name.toUpperCase().startsWith(PREFIX) && env[name] !== "" && !isRead(name, env),
  );
  return names.toSorted().map((name) => {
    const meant = closest(suffixOf(name), KNOWN.map(suffixOf));
    const hint =
      meant === undefined
        ? "healthimaging-local help serve lists the flags, and each is a variable"
        : `did you mean ${PREFIX}${meant}?`;
    return `${name} is not a setting and is ignored: ${hint}`;
  });
}

/** On Windows a variable is found by its name in any case. */
function isRead(name: string, env: Environment): boolean {
  const upper = name.toUpperCase();
  return env[upper] === env[name] && (KNOWN.includes(upper) || OF_OTHERS.test(suffixOf(upper)));
}

const suffixOf = (name: string): string => name.slice(PREFIX.length);

/** `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: the form of each region of AWS. */
const REGION_FORM =
  /^[a-z]{2,4}(?:-[a-z]+)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;

/** Any name is served, so a mistyped one cannot be an error. */
export function findMistypedRegion(region: string, release: ServiceRelease): string[] {
  if (REGION_FORM.test(region)) return [];
  const meant = closest(region, [...behavioursOf(release).regions]);
  if (meant === undefined) return [];
  return [`--region ${region} is used as it is, but AWS has no such region: did you mean ${meant}?`];
}
