import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Model } from "../../../api/model/model.ts";
import { readScenarioSource, type LocatedProblem } from "./read-scenario.ts";
import type { ReadyScenario } from "../scenario.ts";
import { isScenarioFile } from "./scenario-name.ts";
import { closest } from "../../../domain/closest.ts";
import { suggest } from "./schema.ts";
import { ScenarioError } from "../scenarios.ts";

/** The presets: scenarios in the package, wherever this code is bundled. */
const PRESETS = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../../../scenarios/" : "../scenarios/", import.meta.url),
);

/** Names of the presets. */
export function presetNames(): string[] {
  try {
    return readdirSync(PRESETS)
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => basename(name, ".yaml"))
      .toSorted();
  } catch {
    return [];
  }
}

/** Names close to `name`, or all names and how a file becomes a scenario. */
export function suggestPreset(name: string, names: readonly string[], file: string): string {
  const suggested = suggest(name, names);
  return closest(name, names) === undefined ? `${suggested}; ${file}` : suggested;
}

/** @throws ScenarioError if no scenario has that name */
export async function loadPreset(name: string, model: Model): Promise<ReadyScenario> {
  const names = presetNames();
  if (names.includes(name)) return loadFile(join(PRESETS, `${name}.yaml`), model);
  throw new ScenarioError(
    `no scenario is named ${JSON.stringify(name)}: ${suggestPreset(name, names, `a file is named with its ending: ${name}.yaml`)}`,
    "ScenarioNotFound",
  );
}

/**
 * @param texts names of presets, or files of YAML or JSON: `import-partial`, `./my-scenario.yaml`
 * @param folder the base of relative paths
 * @throws ScenarioError that says what is wrong, line by line
 */
export async function loadScenarios(
  texts: readonly string[],
  folder: string,
  model: Model,
): Promise<ReadyScenario[]> {
  const scenarios = await Promise.all(
    texts.map((text) =>
      isScenarioFile(text) ? loadFile(resolve(folder, text), model) : loadPreset(text, model),
    ),
  );
  const textOf = new Map<string, string>();
  for (const [index, { name }] of scenarios.entries()) {
    const text = texts[index] ?? "";
    const other = textOf.get(name);
    if (other !== undefined)
      throw new ScenarioError(
        `the scenarios ${other} and ${text} have the same name ${name}: rename one of them`,
      );
    textOf.set(name, text);
  }
  return scenarios;
}

async function loadFile(path: string, model: Model): Promise<ReadyScenario> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new ScenarioError(`the scenario ${path} cannot be read: ${error.code}`, "ScenarioNotFound");
  });
  const name = basename(path, extname(path)).replaceAll(/[^A-Za-z0-9._-]/g, "-");
  const { scenario, problems } = await readScenarioSource(text, model, { default: name });
  if (scenario !== undefined) return scenario;
  throw new ScenarioError(
    problems.map((problem) => `${path}:${describeLocatedProblem(problem)}`).join("\n"),
    "InvalidScenario",
  );
}

const describeLocatedProblem = ({ line, message, pointer, hint }: LocatedProblem): string =>
  `${line}: ${message}${pointer === "" ? "" : ` at ${pointer}`}${hint === undefined ? "" : ` (${hint})`}`;
