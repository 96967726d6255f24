import { randomBytes } from "node:crypto";
import { ActivityStream } from "../aws/activity/activity-stream.ts";
import { Journal } from "../aws/activity/journal.ts";
import type { Resettable } from "../domain/resettable.ts";
import { EmulatorClock } from "../domain/time/emulator-clock.ts";
import { Recorder } from "../local/report/recorder.ts";
import { Scenarios } from "../local/scenarios/scenarios.ts";
import { LiveInstance } from "./live-instance.ts";
import { liveState } from "./live-state.ts";
import type { OpenedResources } from "./open-resources.ts";
import type { OpenedParts } from "./opened-parts.ts";
import type { CheckedOptions } from "./read-options.ts";

type Parts = CheckedOptions & OpenedResources;
type Observed = Parts & {
  readonly activity: ActivityStream;
  readonly journal: Journal;
  readonly liveInstance: LiveInstance;
};

/** Starts the first instance, with the parts that outlive it and watch it. */
export function startInstance(parts: Parts, opened: OpenedParts) {
  const liveInstance = new LiveInstance(parts);
  const activity = new ActivityStream(parts.clock, parts.log);
  const journal = new Journal(activity);
  const observed = { ...parts, activity, journal, liveInstance };
  const scenarios = createScenarios(observed);
  const recorder = createRecorder(observed);
  const createId = (): string => randomBytes(16).toString("hex");
  liveInstance.start(
    { ...observed, scenarios, createId },
    listResettables({ ...observed, scenarios, recorder }),
  );
  opened.add(() => {
    const closed = liveInstance.close();
    parts.external?.close(); // After the jobs know that they stop, without waiting for them: the other S3 may never answer.
    return closed;
  });
  scenarios.reset();
  parts.quotas.overrideBy((name, scope) => scenarios.quota(name, scope));
  return { liveInstance, activity, journal, scenarios, recorder };
}

const createScenarios = ({ liveInstance, journal, firstScenarios, scenarioSeed, ...parts }: Observed) =>
  new Scenarios({
    ...parts,
    state: liveState(() => liveInstance.current.state),
    nextRequest: () => journal.nextSeq,
    atStart: firstScenarios,
    seed: scenarioSeed,
  });

const createRecorder = ({ liveInstance, served, ...parts }: Observed) =>
  new Recorder({
    ...parts,
    state: () => liveInstance.current.state,
    repeatedInstances: (jobId) => liveInstance.current.repeatedImports.countedOf(jobId),
    operations: [...served.operations.keys()],
  });

/** What a reset resets besides the instance, in this order. */
function listResettables(
  parts: Observed & { readonly scenarios: Scenarios; readonly recorder: Recorder },
): Resettable[] {
  const { throttles, quotas, denyRules, scenarios, durations, journal, clock, recorder } = parts;
  const durationsAtStart = { ...durations };
  const resetDurations = (): void => void Object.assign(durations, durationsAtStart);
  return [
    // The others note when they are reset, or begin again at that time.
    ...(clock instanceof EmulatorClock ? [clock] : []),
    throttles,
    quotas,
    denyRules,
    scenarios,
    { reset: resetDurations },
    journal,
    recorder,
  ];
}
