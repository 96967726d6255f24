import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { Blobs } from "../../domain/blobs.ts";
import type { Clock } from "../../domain/time/clock.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { Log } from "../../domain/log.ts";
import type { State } from "../../domain/state.ts";
import { storedFrame } from "../../domain/image-sets/stored-blobs.ts";
import { answerError } from "../../healthimaging/http/answers.ts";
import type { Call, Intercept } from "../../healthimaging/http/intercept.ts";
import { MAX_BODY_BYTES } from "../../healthimaging/http/medical-imaging.ts";
import { readBody, WholeBody } from "../../healthimaging/http/read-body.ts";
import type { FileFailure } from "../../importer/protocol.ts";
import type { CallEffect, FaultedCall } from "./faults/effect.ts";
import type { FiringRule, Scenarios } from "./scenarios.ts";
import { describeCall, describeFile } from "./describe-rule-event.ts";
import type { RuleEvent } from "./rule-event.ts";
import { PendingDelays, waitOn } from "./rules/pending-delays.ts";

interface Instance {
  readonly state: State;
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
}

interface ScenarioInterceptDependencies {
  readonly scenarios: Scenarios;
  /** The current instance. */
  readonly instance: () => Instance;
  readonly clock: Clock & { readonly isFrozen?: boolean };
  readonly log: Log;
}

/** Applies the rules of active scenarios to every call, if one matches its operation. */
export const createIntercept =
  (parts: ScenarioInterceptDependencies): Intercept =>
  (call, perform) =>
    parts.scenarios.isAbout(call.route.operation.name) ? bend(parts, call, perform) : perform(call.request);

/** Decides which files fail: implements a port of the importer. */
export const createFileGate =
  ({ scenarios, state }: { scenarios: Scenarios; state: State }) =>
  (job: ImportJob, key: string): FileFailure | undefined => {
    if (scenarios.isIdle) return undefined;
    const failures = scenarios
      .decide(describeFile(job, key, state))
      .flatMap(({ effects, label }) =>
        effects.flatMap((effect) => (effect.kind === "file" ? [{ ...effect.failure, fault: label }] : [])),
      );
    return failures[0];
  };

async function bend(
  parts: ScenarioInterceptDependencies,
  call: Call,
  perform: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    const body = await readBody(call.request, MAX_BODY_BYTES);
    call.record.received(body);
    const ruleEvent = describeCall(call, body, parts.instance());
    const asked = parts.scenarios.ask(ruleEvent);
    const performed = () => perform({ ...call.request, body: new WholeBody(body) });
    // Awaited here, which is faster than returning the promise; most calls take this path.
    return await (asked.length === 0 ? performed() : fault(parts, { call, ruleEvent, asked }, performed));
  } catch (error) {
    return answerError(error, parts.log);
  }
}

interface AskedCall {
  readonly call: Call;
  readonly ruleEvent: RuleEvent;
  readonly asked: readonly FiringRule[];
}

async function fault(
  parts: ScenarioInterceptDependencies,
  { call, ruleEvent, asked }: AskedCall,
  performed: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const client = new PendingDelays();
  call.request.whenGone?.(() => client.end());
  const effects = asked.flatMap((one) => withCall(one, toFaultedCall(parts, ruleEvent, one, client)));
  const inward = LAYERS.flatMap((layer) => effects.filter(({ effect }) => effect.layer === layer));
  const answer = inward.reduceRight(
    (behind, { effect, faulted }) =>
      () =>
        effect.apply(behind, faulted),
    performed,
  );
  call.record.faulted(asked.map(({ record }) => record));
  const response = await answer();
  const shown = asked.flatMap(({ ruleMatch: { isStealthy, label } }) => (isStealthy ? [] : [label]));
  if (shown.length === 0) return response;
  return { ...response, headers: { ...response.headers, "x-local-fault": shown.join(", ") } };
}

/** From the outside in. */
const LAYERS = [undefined, "form", "content"] as const;

interface FaultedEffect {
  readonly effect: CallEffect;
  readonly faulted: FaultedCall;
}

/** The first effect of a rule is the outermost. */
const withCall = ({ ruleMatch: { effects } }: FiringRule, faulted: FaultedCall): FaultedEffect[] =>
  effects.filter((effect) => effect.kind === "call").map((effect) => ({ effect, faulted }));

function toFaultedCall(
  parts: ScenarioInterceptDependencies,
  ruleEvent: RuleEvent,
  { run, ruleMatch }: FiringRule,
  client: PendingDelays,
): FaultedCall {
  return {
    draw: ruleMatch.draw,
    wait: async (milliseconds) => {
      const leftMs = Math.min(milliseconds, (run.expiresAt ?? Infinity) - parts.clock.now());
      warnOfFrozenClock(parts, ruleMatch.label, leftMs);
      return (await waitOn(parts.clock, leftMs, [run.waits, client])) && leftMs === milliseconds;
    },
    otherFrame: async () => {
      const { imageSetId = "", frameId = "", datastoreId = "" } = ruleEvent;
      const { state, blobs } = parts.instance();
      const imageSet = state.imageSets.get(imageSetId);
      if (imageSet?.datastoreId !== datastoreId || imageSet.frameIds.length < 2) return undefined;
      const other = storedFrame(
        imageSet,
        (imageSet.frameIds.indexOf(frameId) + 1) % imageSet.frameIds.length,
      );
      return blobs.read(other.key, other);
    },
  };
}

/** A delay on a frozen clock is logged. */
function warnOfFrozenClock(
  { clock, log }: ScenarioInterceptDependencies,
  label: string,
  milliseconds: number,
): void {
  if (clock.isFrozen !== true || milliseconds <= 0 || !Number.isFinite(milliseconds)) return;
  log.warn(
    `${label} delays an answer by ${milliseconds.toFixed(0)} ms, but the clock is frozen: advance or resume it`,
  );
}
