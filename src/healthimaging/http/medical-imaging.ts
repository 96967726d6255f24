import type { Action, BytesOutput } from "../actions/action.ts";
import { ServiceError } from "../../api/errors.ts";
import type { HttpResponse } from "../../api/http.ts";
import { behavioursOf, type Behaviours } from "../../api/releases/behaviours.ts";
import { DEFAULT_RELEASE } from "../../api/releases/service-release.ts";
import type { Model, Operation } from "../../api/model/model.ts";
import type { Activity } from "../../domain/activity.ts";
import type { Caller } from "../../domain/caller.ts";
import type { Log } from "../../domain/log.ts";
import type { State } from "../../domain/state.ts";
import {
  answerBytes,
  answerError,
  answerFile,
  answerJson,
  answerNothing,
  type FileOutput,
} from "./answers.ts";
import { readBody } from "./read-body.ts";
import { tellIgnored } from "./ignored-inputs.ts";
import { readInput } from "./read-input.ts";
import type { Call } from "./intercept.ts";
import { validate } from "./validate.ts";
import { writeOutput } from "./write-output.ts";

/** By operation name; the model says what each takes and gives. */
// oxlint-disable-next-line typescript/no-explicit-any -- the model, not the type, joins input and action
export type Actions = ReadonlyMap<string, Action<any, unknown>>;

/** What operations act on. A reset replaces it. */
export interface OperationContext {
  readonly actions: Actions;
  readonly state: Pick<State, "durable">;
}

/**
 * Admits a call of an operation, or throws why it is refused. Callers must ask before they read the call's
 * body.
 * @throws ServiceError InvalidSignatureException, AccessDeniedException, ThrottlingException
 */
export type Admit = (operation: string, labels: Call["route"]["labels"], caller: Caller) => void;

interface MedicalImagingDependencies {
  readonly model: Model;
  readonly admit: Admit;
  /** Provides the operation context until the operation is performed and answered. */
  readonly instance: {
    run(perform: (context: OperationContext) => Promise<HttpResponse>): Promise<HttpResponse>;
  };
  readonly log: Log;
  /** Attributes to a call what it changes; left out, changes have no cause. */
  readonly activity?: Pick<Activity, "because">;
  /** Bounds of the model that quotas have raised for a caller; none if left out. */
  readonly raisedBound?: (shapeName: string, caller: Caller) => number | undefined;
  /** Of the service's release. */
  readonly behaviours?: Pick<Behaviours, "ignoredInputs">;
}

/** Assumed: largest-body. Far more than any operation needs (copiableAttributes has 260,000 characters). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Never throws: errors are answers, too. */
export type PerformOperation = (call: Call) => Promise<HttpResponse>;

/** @throws Error if an action has no operation, or an operation no action */
export function checkActions(model: Model, actions: Actions): void {
  for (const name of actions.keys()) {
    if (!model.operations.has(name)) throw new Error(`${name} is not an operation of the service model`);
  }
  for (const name of model.operations.keys()) {
    if (!actions.has(name)) throw new Error(`the operation ${name} has no action`);
  }
}

/**
 * Performs an operation of the API: admit, read, validate, perform, write. A change is answered only once it
 * is stored.
 */
export const createMedicalImaging =
  ({
    model,
    admit,
    instance,
    log,
    raisedBound,
    behaviours = behavioursOf(DEFAULT_RELEASE),
    activity = NOBODY_READS,
  }: MedicalImagingDependencies): PerformOperation =>
  async ({ route, request, caller, record }) => {
    const { operation, labels } = route;
    const ignored: string[] = [];
    let response: HttpResponse;
    try {
      admit(operation.name, labels, caller);
      const body = await readBody(request, MAX_BODY_BYTES);
      record.received(body);
      const input = readInput(model, operation, labels, request, body, (path) => void ignored.push(path));
      record.asked(input, body.length);
      validate(model, operation.input, input, (shapeName) => raisedBound?.(shapeName, caller));
      response = await instance.run(async ({ actions, state }) => {
        const action = actionOf(actions, operation);
        let output: unknown;
        try {
          output = await (operation.isReadOnly
            ? action(input, caller)
            : activity.because({ kind: "call", call: record }, async () => action(input, caller)));
        } catch (error) {
          throw asListed(operation, error);
        }
        record.performed(output);
        if (!operation.isReadOnly) await state.durable();
        return toResponse(model, operation, output, request.method, log);
      });
    } catch (error) {
      response = answerError(error, log);
    }
    return ignored.length === 0
      ? response
      : tellIgnored(operation, log, response, behaviours.ignoredInputs.because, ignored);
  };

function actionOf(actions: Actions, { name }: Operation): Action<unknown, unknown> {
  const action = actions.get(name);
  if (action === undefined) throw new Error(`the operation ${name} has no action`);
  return action;
}

const NOBODY_READS: Pick<Activity, "because"> = { because: (_, work) => work() };

/** An error that the model does not list for the operation is the emulator's fault, whatever it says. */
function asListed({ name, errors }: Operation, error: unknown): unknown {
  if (!(error instanceof ServiceError) || errors.includes(error.code)) return error;
  return new Error(`${name} may not answer ${error.code}: ${error.message}`, { cause: error });
}

function toResponse(
  model: Model,
  operation: Operation,
  output: unknown,
  method: string,
  log: Log,
): HttpResponse {
  if (output === undefined) return answerNothing();
  if (isFile(output)) return answerFile(output, method, log);
  if (isBytes(output)) return answerBytes(output);
  return answerJson(writeOutput(model, operation, output), hintOf(output));
}

const isBytes = (output: unknown): output is BytesOutput =>
  typeof output === "object" && output !== null && "bytes" in output;

/** Besides the model's members, an output may contain a hint for this machine. */
const hintOf = (output: unknown): string | undefined =>
  typeof output === "object" && output !== null && "hint" in output && typeof output.hint === "string"
    ? output.hint
    : undefined;

const isFile = (output: unknown): output is FileOutput =>
  typeof output === "object" && output !== null && "file" in output;
