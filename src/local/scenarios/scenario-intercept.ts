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
import { note, noting, type Journal, type JournalEntry } from "./journal.ts";
import type { Asked, Scenarios } from "./scenarios.ts";
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
  readonly journal: Journal;
  /** The one that is served now. */
  readonly instance: () => Instance;
  readonly clock: Clock & { readonly isFrozen?: boolean };
  readonly log: Log;
}

/** The gateway's door: every call is noted and, where a scenario is active, held against its rules. */
export function createIntercept(parts: ScenarioInterceptDependencies): Intercept {
  const { journal, scenarios } = parts;
  return async (call, perform) => {
    const entry = journal.open(call);
    const response = scenarios.isAbout(entry.operation)
      ? await bend(parts, call, entry, perform)
      : await perform({ ...call.request, body: noting(call.request.body, entry) });
    journal.close(entry, response);
    return response;
  };
}

/** The importer's door: a file that is to fail. */
export const createFileGate =
  ({ scenarios, state }: { scenarios: Scenarios; state: State }) =>
  (job: ImportJob, key: string): FileFailure | undefined => {
    if (scenarios.isIdle) return undefined;
    const effects = scenarios.decide(describeFile(job, key, state)).flatMap((ruleMatch) => ruleMatch.effects);
    return effects.find((effect) => effect.kind === "file")?.failure;
  };

async function bend(
  parts: ScenarioInterceptDependencies,
  call: Call,
  entry: JournalEntry,
  perform: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    const body = await readBody(call.request, MAX_BODY_BYTES);
    note(entry, body);
    const subject = describeCall(call, body, entry, parts.instance());
    const asked = parts.scenarios.ask(subject);
    const performed = () => perform({ ...call.request, body: new WholeBody(body) });
    // Awaited here: a promise that is returned takes longer, and most calls come this way.
    return await (asked.length === 0
      ? performed()
      : fault(parts, { call, entry, subject, asked }, performed));
  } catch (error) {
    return answerError(error, parts.log);
  }
}

interface AskedCall {
  readonly call: Call;
  readonly entry: JournalEntry;
  readonly subject: RuleEvent;
  readonly asked: readonly Asked[];
}

async function fault(
  parts: ScenarioInterceptDependencies,
  { call, entry, subject, asked }: AskedCall,
  performed: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const firings = asked.map(({ ruleMatch }) => ruleMatch);
  const client = new PendingDelays();
  call.request.whenGone?.(() => client.end());
  const effects = asked.flatMap((one) => withCall(one, toFaultedCall(parts, subject, one, client)));
  const inward = LAYERS.flatMap((layer) => effects.filter(({ effect }) => effect.layer === layer));
  const answer = inward.reduceRight(
    (behind, { effect, faulted }) =>
      () =>
        effect.apply(behind, faulted),
    performed,
  );
  entry.faults = firings.map(({ label }) => label);
  const response = await answer();
  const shown = firings.filter(({ isStealthy }) => !isStealthy).map(({ label }) => label);
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
const withCall = ({ ruleMatch: { effects } }: Asked, faulted: FaultedCall): FaultedEffect[] =>
  effects.filter((effect) => effect.kind === "call").map((effect) => ({ effect, faulted }));

function toFaultedCall(
  parts: ScenarioInterceptDependencies,
  ruleEvent: RuleEvent,
  { run, ruleMatch }: Asked,
  client: PendingDelays,
): FaultedCall {
  return {
    subject: ruleEvent,
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

/** Who waits on a clock that stands still is told so. */
function warnOfFrozenClock(
  { clock, log }: ScenarioInterceptDependencies,
  label: string,
  milliseconds: number,
): void {
  if (clock.isFrozen !== true || milliseconds <= 0 || !Number.isFinite(milliseconds)) return;
  log.warn(
    `${label} holds an answer for ${milliseconds.toFixed(0)} ms of a clock that is frozen: advance it, or resume it`,
  );
}
