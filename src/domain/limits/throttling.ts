import { isRecord } from "../../api/json.ts";
import { THROTTLES, type Throttle } from "../../api/limits/published-limits.ts";
import { LimitError, refuseUnknown } from "./limit-input.ts";

/** The form of the published table; actions that are left out keep their published limit. */
export interface ThrottleTable {
  readonly limits: Readonly<Record<string, Throttle>>;
}

/** AWS's limits, none, a multiple of AWS's, or others. */
export type Throttling = "aws" | "off" | number | ThrottleTable;

const MAX_RATE = 1_000_000;

type Limits = ReadonlyMap<string, Throttle>;

/**
 * Parses a setting: the limits by action; empty if nothing is limited.
 * @param published of the service's release
 * @throws LimitError for anything else
 */
export function readThrottling(throttling: unknown, published: Limits = THROTTLES): Limits {
  if (throttling === "off") return new Map();
  if (throttling === "aws") return published;
  if (typeof throttling === "number") return multiply(published, throttling);
  if (isRecord(throttling)) return new Map([...published, ...readTable(throttling, [...published.keys()])]);
  throw new LimitError(
    `throttling expects "aws", "off", a number to multiply AWS's limits by, or a table, got ${JSON.stringify(throttling)}`,
  );
}

/** In thousandths, so that a published rate (whole thousandths) times the factor is in whole millionths. */
function multiply(published: Limits, factor: number): Limits {
  if (!isWhole(factor, 1000) || factor < 0.001 || factor > 1000) {
    throw new LimitError(
      `a multiple of AWS's throttling expects a number from 0.001 to 1000 with at most three decimals, got ${factor}`,
    );
  }
  const scaled = [...published].map(([action, { rate, burst }]) => {
    const calls = Math.floor(Math.round(burst * factor * 1000) / 1000);
    return [action, { rate: Math.round(rate * factor * 1e6) / 1e6, burst: Math.max(1, calls) }] as const;
  });
  return new Map(scaled);
}

function readTable(table: Record<string, unknown>, operations: readonly string[]): [string, Throttle][] {
  refuseUnknown("a throttling table", table, ["limits", "note"]);
  const { limits } = table;
  if (!isRecord(limits)) {
    throw new LimitError(
      'a throttling table expects an object such as {"limits": {"GetImageFrame": {"rate": 10, "burst": 20}}}',
    );
  }
  refuseUnknown("limits", limits, operations);
  return Object.entries(limits).map(([action, throttle]) => [action, readThrottle(action, throttle)]);
}

function readThrottle(action: string, throttle: unknown): Throttle {
  if (!isRecord(throttle))
    throw new LimitError(`the limit of ${action} expects an object such as {"rate": 10, "burst": 20}`);
  refuseUnknown(`the limit of ${action}`, throttle, ["rate", "burst"]);
  const { rate, burst } = throttle;
  if (typeof rate !== "number" || !isWhole(rate, 1e6) || rate <= 0 || rate > MAX_RATE) {
    throw new LimitError(
      `the rate of ${action} expects calls per second from 0.000001 to ${MAX_RATE} with at most six decimals, got ${JSON.stringify(rate)}`,
    );
  }
  if (typeof burst !== "number" || !Number.isInteger(burst) || burst < 1 || burst > MAX_RATE) {
    throw new LimitError(
      `the burst of ${action} expects a whole number from 1 to ${MAX_RATE}, got ${JSON.stringify(burst)}`,
    );
  }
  return { rate, burst };
}

/** Whether a number is a multiple of a fraction of one. */
const isWhole = (value: number, parts: number): boolean => Math.round(value * parts) / parts === value;
