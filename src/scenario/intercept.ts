import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { frameKey, type Blobs } from "../domain/blobs.ts";
import type { Clock } from "../domain/clock.ts";
import type { ImageSets } from "../domain/image-sets.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { Log } from "../domain/log.ts";
import type { State } from "../domain/state.ts";
import { answerError } from "../gateway/answers.ts";
import type { Call, Intercept } from "../gateway/intercept.ts";
import { MAX_BODY_BYTES } from "../gateway/medical-imaging.ts";
import { readBody, WholeBody } from "../gateway/read-body.ts";
import type { FileFailure } from "../importer/protocol.ts";
import type { Firing } from "./armed-rule.ts";
import type { CallEffect, FaultedCall } from "./faults/effect.ts";
import { note, noting, type Journal, type JournalEntry } from "./journal.ts";
import type { Scenarios } from "./scenarios.ts";
import { describeCall, describeFile, type Subject } from "./subject.ts";

interface World {
  readonly state: State;
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
}

interface Parts {
  readonly scenarios: Scenarios;
  readonly journal: Journal;
  /** The one that is served now. */
  readonly world: () => World;
  readonly clock: Clock & { readonly isFrozen?: boolean };
  readonly log: Log;
}

/** The gateway's door: every call is noted and, where a scenario is active, held against its rules. */
export function createIntercept(parts: Parts): Intercept {
  const { journal, scenarios } = parts;
  return async (call, perform) => {
    const entry = journal.open(call);
    const response = scenarios.isAbout(entry.operation)
      ? await bend(parts, call, entry, perform).catch((error: unknown) => answerError(error, parts.log))
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
    const effects = scenarios.decide(describeFile(job, key, state)).flatMap((firing) => firing.effects);
    return effects.find((effect) => effect.kind === "file")?.failure;
  };

async function bend(
  parts: Parts,
  call: Call,
  entry: JournalEntry,
  perform: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const body = await readBody(call.request, MAX_BODY_BYTES);
  note(entry, body);
  const subject = describeCall(call, body, parts.world());
  const firings = parts.scenarios.decide(subject);
  const performed = () => perform({ ...call.request, body: new WholeBody(body) });
  if (firings.length === 0) return performed();
  const effects = firings.flatMap((firing) => withCall(firing, toFaultedCall(parts, subject, firing)));
  const outermost = effects.filter(({ effect }) => effect.layer === undefined);
  const innermost = effects.filter(({ effect }) => effect.layer === "payload");
  const answer = [...outermost, ...innermost].reduceRight(
    (behind, { effect, faulted }) =>
      () =>
        effect.apply(behind, faulted),
    performed,
  );
  const response = await answer();
  entry.faults = firings.map(({ label }) => label);
  const shown = firings.filter(({ isStealthy }) => !isStealthy).map(({ label }) => label);
  if (shown.length === 0) return response;
  return { ...response, headers: { ...response.headers, "x-local-fault": shown.join(", ") } };
}

interface FaultedEffect {
  readonly effect: CallEffect;
  readonly faulted: FaultedCall;
}

/** The first effect of a rule is the outermost. */
const withCall = ({ effects }: Firing, faulted: FaultedCall): FaultedEffect[] =>
  effects.filter((effect) => effect.kind === "call").map((effect) => ({ effect, faulted }));

function toFaultedCall(parts: Parts, subject: Subject, { label, draw }: Firing): FaultedCall {
  return {
    subject,
    draw,
    wait: (milliseconds) => wait(parts, label, milliseconds),
    otherFrame: async () => {
      const { imageSetId = "", frameId = "", datastoreId = "" } = subject;
      const { state, blobs } = parts.world();
      const frameIds = state.imageSets.get(imageSetId)?.frameIds ?? [];
      const other = frameIds[(frameIds.indexOf(frameId) + 1) % frameIds.length];
      if (other === undefined || other === frameId) return undefined;
      return blobs.read(frameKey(datastoreId, other));
    },
  };
}

/** Who waits on a clock that stands still is told so. */
function wait({ clock, log }: Parts, label: string, milliseconds: number): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve();
  if (clock.isFrozen === true) {
    log.warn(
      `${label} holds an answer for ${milliseconds.toFixed(0)} ms of a clock that is frozen: advance it, or resume it`,
    );
  }
  return new Promise((resolve) => void clock.schedule(milliseconds, resolve));
}
