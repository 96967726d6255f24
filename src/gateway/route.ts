import type { Model, Operation } from "../api/model.ts";

export interface Route {
  readonly operation: Operation;
  /** Percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => Route | undefined;

/** Finds the operation that a method and a path as sent (percent-encoded) name. */
export function createRouter(model: Model): Router {
  const templates = [...model.operations.values()].map((operation) => ({
    operation,
    segments: operation.requestUri.split("/"),
  }));
  return (method, path) => {
    const sent = path.split("/");
    for (const { operation, segments } of templates) {
      if (operation.method !== method || segments.length !== sent.length) continue;
      const labels = matchSegments(segments, sent);
      if (labels !== undefined) return { operation, labels };
    }
    return undefined;
  };
}

function matchSegments(
  template: readonly string[],
  sent: readonly string[],
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const value = sent[index] ?? "";
    if (segment.startsWith("{")) {
      if (value === "") return undefined;
      labels[segment.slice(1, -1)] = decode(value);
    } else if (segment !== value) return undefined;
  }
  return labels;
}

/** A malformed escape stays as it is: no identifier matches it, so validation says what is wrong. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
