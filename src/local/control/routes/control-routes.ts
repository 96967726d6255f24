import * as z from "zod/mini";
import { changeDurations, moveClock, readClock, readDurations } from "./clock-routes.ts";
import { readHealth, readImageSet, readIndex, readOpenApi, readProgress } from "./health-routes.ts";
import {
  clearReport,
  clearRequests,
  countRequests,
  listCalls,
  listRequests,
  readReport,
} from "./journal-routes.ts";
import { changeLimits, readLimits, reset } from "./limit-routes.ts";
import {
  changeStatus,
  holdResource,
  listHolds,
  readHold,
  readStatus,
  releaseResource,
  wait,
} from "./resource-routes.ts";
import type { ControlRoute } from "./control-route.ts";
import {
  listScenarioHits,
  listScenarios,
  loadScenario,
  readScenario,
  readScenarioSchema,
  readScenarioStatus,
  removeScenario,
  removeScenarios,
  validateScenario,
} from "./scenario-routes.ts";
import {
  activateScenario,
  deactivateScenario,
  resetScenario,
  signalScenario,
  verifyScenario,
} from "./activation-routes.ts";
import {
  exportSnapshot,
  importSnapshot,
  listSnapshots,
  readSnapshot,
  removeSnapshot,
  restoreSnapshot,
  saveSnapshot,
} from "./snapshot-routes.ts";

export { describeApi } from "./describe-api.ts";
export { ERROR_TEXTS } from "./error-texts.ts";

/**
 * Everything under `/_local`, by operation: the only place that defines a route. The build makes this module
 * a file beside the bundle, together with zod, which is loaded when it is first used.
 */
export const CONTROL_ROUTES = {
  readIndex,
  readOpenApi,
  readHealth,
  readClock,
  moveClock,
  readDurations,
  changeDurations,
  wait,
  readStatus,
  changeStatus,
  listHolds,
  readHold,
  holdResource,
  releaseResource,
  readLimits,
  changeLimits,
  reset,
  listSnapshots,
  readSnapshot,
  saveSnapshot,
  removeSnapshot,
  restoreSnapshot,
  exportSnapshot,
  importSnapshot,
  readScenarioSchema,
  listScenarios,
  removeScenarios,
  validateScenario,
  loadScenario,
  readScenario,
  removeScenario,
  readScenarioStatus,
  listScenarioHits,
  activateScenario,
  deactivateScenario,
  resetScenario,
  signalScenario,
  verifyScenario,
  listRequests,
  clearRequests,
  countRequests,
  listCalls,
  readReport,
  clearReport,
  readProgress,
  readImageSet,
} satisfies Readonly<Record<string, ControlRoute>>;

export type ControlRoutes = typeof CONTROL_ROUTES;
export type OperationId = keyof ControlRoutes;

/** The problems that a schema finds, in order; empty for a valid value. */
export const issuesOf = (schema: z.ZodMiniType, value: unknown): readonly z.core.$ZodIssue[] =>
  z.safeParse(schema, value).error?.issues ?? [];

/** The keys that an object may have; those of other alternatives are separate. */
export interface KnownKeys {
  readonly own: readonly string[];
  readonly others: readonly string[];
  /** The intended alternative. */
  readonly alternative?: string;
}

export function keysOf(schema: z.ZodMiniType, value: Readonly<Record<string, unknown>>): KnownKeys {
  if (schema instanceof z.ZodMiniObject) return { own: Object.keys(schema.shape), others: [] };
  if (!(schema instanceof z.ZodMiniDiscriminatedUnion)) return { own: [], others: [] };
  const { discriminator, options } = schema._zod.def;
  const alternative = value[discriminator];
  const keys = options.map((option) => Object.keys(option instanceof z.ZodMiniObject ? option.shape : {}));
  const isMeant = (option: z.core.$ZodType): boolean => {
    const member = option instanceof z.ZodMiniObject ? option.shape[discriminator] : undefined;
    return member !== undefined && z.safeParse(member, alternative).success;
  };
  const isOther = (key: string): boolean => key !== discriminator;
  const own = (keys[options.findIndex(isMeant)] ?? []).filter(isOther);
  const others = [...new Set(keys.flat())].filter((key) => isOther(key) && !own.includes(key));
  return typeof alternative === "string" ? { own, others, alternative } : { own, others };
}

/** Whether unknown keys are refused. */
export const isStrict = (schema: z.ZodMiniType): boolean =>
  !(schema instanceof z.ZodMiniObject) || schema.def.catchall !== undefined;
