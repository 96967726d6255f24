import { LocalError } from "../api/local-errors.ts";
import { behavioursOf } from "../api/releases/behaviours.ts";
import { resolveRelease } from "../api/releases/service-release.ts";
import type { Model } from "../api/model/model.ts";
import { DenyRules } from "../aws/identity/deny-rules.ts";
import { checkExternalS3 } from "../aws/s3/external-s3-options.ts";
import { Quotas } from "../domain/limits/quotas.ts";
import { Throttles } from "../domain/limits/throttles.ts";
import type { Log } from "../domain/log.ts";
import { readDurationOptions } from "../domain/time/durations.ts";
import { EmulatorClock } from "../domain/time/emulator-clock.ts";
import { checkFrameContainer } from "../imaging/pixels/htj2k/frame-container.ts";
import { checkImportMemory, defaultImportMemory } from "../importer/workers/import-memory.ts";
import { checkWorkers } from "../importer/workers/worker-pool.ts";
import { START_DEFAULTS } from "../local/sdk/start-defaults.ts";
import type { ReadyScenario } from "../local/scenarios/scenario.ts";
import { checkSeed } from "../local/scenarios/scenarios.ts";
import type { ComposeOptions } from "./compose-options.ts";
import { ServedHosts } from "./gateway/served-hosts.ts";
import { servedOperations } from "./operations/served-operations.ts";

export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

export type CheckedOptions = Awaited<ReturnType<typeof readOptions>>;

/** Checks every option before anything is opened, and fills in the defaults. */
export async function readOptions(options: ComposeOptions) {
  const { log = SILENT, clock = new EmulatorClock() } = options;
  const serviceRelease = resolveRelease(options.serviceRelease);
  const behaviours = behavioursOf(serviceRelease);
  const { served, publishedThrottles } = servedOperations(serviceRelease, options.dicomweb, behaviours);
  checkExternalS3(options.externalS3);
  return {
    log,
    clock,
    serviceRelease,
    behaviours,
    served,
    durations: { ...readDurationOptions(options.durations ?? {}) },
    throttles: readOption("throttling", () => {
      const throttling = options.throttling ?? START_DEFAULTS.inProcess.throttling;
      return new Throttles({ clock, throttling, published: publishedThrottles });
    }),
    denyRules: readOption("deny", () => new DenyRules(options.deny ?? [], served.operations.keys())),
    quotas: readOption("quotas", () => new Quotas(options.quotas, behaviours.quotas)),
    scenarioSeed: readOption("scenarioSeed", () => checkSeed(options.scenarioSeed)),
    hosts: new ServedHosts(options.allowHost ?? []),
    origins: options.cors ?? [],
    frameContainer: checkFrameContainer(options.frameContainer),
    maxWorkers: checkWorkers(options.workers),
    maxMemoryBytes: checkImportMemory(options.importMemory) ?? defaultImportMemory(),
    bucketOwners: new Map(Object.entries(options.bucketOwners ?? {})),
    defaults: { account: "000000000000", region: "us-east-1", ...options.defaults },
    firstScenarios: await loadScenarios(options.scenarios ?? [], served),
  };
}

/** @throws TypeError where `/_local` would refuse the value, as for options of other kinds */
function readOption<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    const { message } = error;
    throw new TypeError(message.includes(name) ? message : `${name}: ${message}`, { cause: error });
  }
}

/** The reader of scenarios is loaded only if there are scenarios. */
async function loadScenarios(sources: readonly string[], served: Model): Promise<ReadyScenario[]> {
  if (sources.length === 0) return [];
  const scenarios = await import("../local/scenarios/reading/load-scenario.ts");
  return scenarios.loadScenarios(sources, process.cwd(), served);
}
