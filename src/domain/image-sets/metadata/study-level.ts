import { isRecord } from "../../../api/json.ts";
import type { JsonObject } from "./update-payload.ts";

/**
 * The part of a payload that other image sets of the study share: what it changes of the patient and the study.
 * Undefined if that is nothing.
 */
export function studyLevelOf(payload: JsonObject | undefined): JsonObject | undefined {
  if (payload === undefined) return undefined;
  const { Study, ...others } = payload;
  if (!isRecord(Study)) return Study === undefined && others["Patient"] === undefined ? undefined : payload;
  const { Series: _, ...ofStudy } = Study;
  if (Object.keys(ofStudy).length > 0) return { ...others, Study: ofStudy };
  return others["Patient"] === undefined ? undefined : others;
}
