import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./usage-error.ts";

interface Parsed {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly positionals: readonly string[];
  readonly scenarios?: readonly string[];
  /** Flags without a value that were given. */
  readonly switches: ReadonlySet<string>;
}

/** @throws UsageError that names the flags there are */
export function parse(
  command: string,
  args: readonly string[],
  options: NonNullable<ParseArgsConfig["options"]>,
  maxPositionals: number,
): Parsed {
  try {
    const parsed = parseArgs({
      args: [...args],
      options,
      allowPositionals: maxPositionals > 0,
      strict: true,
    });
    const empty = Object.entries(parsed.values).find(([, value]) => value === "");
    if (empty !== undefined) throw new Error(`--${empty[0]} is empty`);
    if (parsed.positionals.length > maxPositionals)
      throw new Error(`Unexpected argument '${parsed.positionals.at(-1)}'`);
    const { scenario, ...values } = parsed.values;
    const isSwitch = ([, value]: [string, unknown]): boolean => value === true;
    return {
      values: values as Parsed["values"],
      switches: new Set(
        Object.entries(values)
          .filter(isSwitch)
          .map(([name]) => name),
      ),
      positionals: parsed.positionals,
      scenarios: (scenario ?? []) as string[],
    };
  } catch (error) {
    // The first sentence says what is wrong; the rest of Node's advice is about other programs.
    const [reason = ""] = String(error instanceof Error ? error.message : error).split(
      /\.? To specify|\. This command|\n/,
    );
    const known = Object.keys(options).map((name) => `--${name}`);
    const flags = known.length === 0 ? "none" : known.join(", ");
    throw new UsageError(`${reason.replace(/\.$/, "")} (flags of ${command}: ${flags})`);
  }
}
