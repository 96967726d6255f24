import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Throttle } from "../../../api/limits/published-limits.ts";
import { DenyRules } from "../../../aws/identity/deny-rules.ts";
import { LimitError } from "../../../domain/limits/limit-input.ts";
import { readQuotas, type QuotaChanges } from "../../../domain/limits/quotas.ts";
import { readThrottling, type Throttling } from "../../../domain/limits/throttling.ts";

/**
 * `aws`, `off`, `10x` or `10`, else a file with a table.
 * @param folder the base of a relative path
 * @param published of the served operations
 * @throws LimitError
 */
export function readThrottlingFlag(
  text: string,
  folder: string,
  published?: ReadonlyMap<string, Throttle>,
): Throttling {
  const throttling = parseThrottling(text, folder);
  readThrottling(throttling, published);
  // It was parsed as one above.
  return throttling as Throttling;
}

function parseThrottling(text: string, folder: string): unknown {
  if (text === "aws" || text === "off") return text;
  const factor = /^(-?\d+(?:\.\d+)?)x?$/.exec(text)?.[1];
  if (factor !== undefined) return Number(factor);
  return readJson(text, folder, "expected aws, off, a multiple such as 10x, or a JSON file");
}

/** @throws LimitError */
export function readQuotasFlag(text: string, folder: string): QuotaChanges {
  const quotas = readJson(text, folder, "expected a JSON file");
  readQuotas(quotas);
  return quotas as QuotaChanges;
}

/**
 * Patterns, separated by commas.
 * @param operations that are served
 * @throws LimitError
 */
export function readDenyFlag(text: string, operations?: Iterable<string>): string[] {
  const patterns = text
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
  return [...new DenyRules(patterns, operations).patterns];
}

function readJson(path: string, folder: string, wanted: string): unknown {
  let text: string;
  try {
    text = readFileSync(resolve(folder, path), "utf8");
  } catch {
    throw new LimitError(`${wanted}, but the file '${path}' cannot be read`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new LimitError(`the file '${path}' is not JSON`);
  }
}
