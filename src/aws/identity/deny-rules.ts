import { datastoreArn, imageSetArn } from "../../api/arns.ts";
import { ServiceError } from "../../api/errors.ts";
import { THROTTLES } from "../../api/limits/published-limits.ts";
import type { Caller } from "../../domain/caller.ts";
import { closest } from "../../domain/closest.ts";
import { compileIamPattern } from "../../domain/glob.ts";
import { LimitError } from "../../domain/limits/limit-input.ts";
import { userArn } from "./user-arn.ts";

interface Rule {
  readonly text: string;
  /** Undefined for all callers. */
  readonly accessKeyId: string | undefined;
  readonly actions: ReadonlySet<string>;
}

/** The labels of a call that identify its resource. */
export type Labels = Readonly<Record<string, string>>;

/** StartDICOMImportJob also needs the right to pass its role (facts: identity#passing-a-role). */
const PASS_ROLE = "iam:PassRole";
const actionsOf = (operations: Iterable<string>): readonly string[] => [
  ...[...operations].map((name) => `medical-imaging:${name}`),
  PASS_ROLE,
];

/** Calls that are refused as IAM refuses them, by patterns such as `medical-imaging:Get*`. */
export class DenyRules {
  readonly #actions: readonly string[];
  readonly #atStart: readonly Rule[];
  #rules: readonly Rule[];

  /**
   * @param operations that are served
   * @throws LimitError for a pattern that matches no action
   */
  constructor(patterns: readonly string[], operations: Iterable<string> = THROTTLES.keys()) {
    this.#actions = actionsOf(operations);
    this.#atStart = readDenials(patterns, this.#actions);
    this.#rules = this.#atStart;
  }

  get patterns(): readonly string[] {
    return this.#rules.map(({ text }) => text);
  }

  /** @throws LimitError */
  set(patterns: unknown): void {
    this.#rules = readDenials(patterns, this.#actions);
  }

  /** Restores the rules of the start. */
  reset(): void {
    this.#rules = this.#atStart;
  }

  /** @throws ServiceError AccessDeniedException where a pattern denies the call */
  check(operation: string, labels: Labels, caller: Caller): void {
    if (this.#rules.length === 0) return;
    this.#check(`medical-imaging:${operation}`, caller, ` on resource: ${resourceOf(labels, caller)}`);
    // Assumed: pass-role-denial. Without a resource, as in the guide's example
    // (facts: identity#denied-calls).
    if (operation === "StartDICOMImportJob") this.#check(PASS_ROLE, caller, "");
  }

  #check(action: string, caller: Caller, onResource: string): void {
    const rule = this.#rules.find(
      ({ accessKeyId, actions }) =>
        actions.has(action) && (accessKeyId === undefined || accessKeyId === caller.accessKeyId),
    );
    if (rule === undefined) return;
    // Assumed: end-of-denial. The end of the sentence is IAM's for an explicit deny; the guide's example has
    // no such end.
    const end = "with an explicit deny in an identity-based policy";
    throw new ServiceError(
      "AccessDeniedException",
      `User: ${userArn(caller)} is not authorized to perform: ${action}${onResource} ${end}`,
      { hint: `denied by '${rule.text}' of --deny, or of "deny" in POST /_local/limits` },
    );
  }
}

/** @throws LimitError */
function readDenials(patterns: unknown, known: readonly string[]): readonly Rule[] {
  if (Array.isArray(patterns)) return patterns.map((text) => readRule(text, known));
  throw new LimitError(
    'deny expects an array such as ["medical-imaging:Get*", "KEY=medical-imaging:DeleteImageSet"]',
  );
}

function readRule(text: unknown, known: readonly string[]): Rule {
  if (typeof text !== "string") throw new LimitError(`deny expects strings, got ${JSON.stringify(text)}`);
  const at = text.lastIndexOf("=");
  const isMeant = compileIamPattern(text.slice(at + 1).toLowerCase());
  const actions = known.filter((action) => isMeant(action.toLowerCase()));
  // A pattern that no access key can match would never deny anything.
  if (at === 0 || actions.length === 0 || /[^\x21-\x7e]/.test(text)) {
    throw new LimitError(
      `deny expects actions such as medical-imaging:Get*, for one access key KEY=medical-imaging:Get*, got ${JSON.stringify(text)}${actions.length === 0 ? suggestAction(text.slice(at + 1), known) : ""}`,
    );
  }
  return { text, accessKeyId: at < 0 ? undefined : text.slice(0, at), actions: new Set(actions) };
}

/** Compares names without their service, which is the longer part of most of them. */
function suggestAction(pattern: string, known: readonly string[]): string {
  const operationOf = (action: string): string => action.slice(action.indexOf(":") + 1);
  const name = closest(operationOf(pattern), known.map(operationOf));
  const action = known.find((each) => operationOf(each) === name);
  return action === undefined ? "" : ` (did you mean "${action}"?)`;
}

/**
 * Assumed: denied-resource. `*` if the action has no resource type, and the lower of two
 * (facts: identity#resource-types).
 */
function resourceOf(labels: Labels, caller: Caller): string {
  const { datastoreId, resourceArn, imageSetId = labels["sourceImageSetId"] } = labels;
  if (resourceArn !== undefined) return resourceArn;
  if (datastoreId === undefined) return "*";
  return imageSetId === undefined
    ? datastoreArn(caller, datastoreId)
    : imageSetArn(caller, datastoreId, imageSetId);
}
