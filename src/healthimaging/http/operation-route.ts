import { dicomwebPath } from "../../api/model/dicomweb-model.ts";
import type { Model, Operation } from "../../api/model/model.ts";

export interface OperationRoute {
  readonly operation: Operation;
  /** Percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Finds the operation of a method and a path as sent (percent-encoded); undefined if there is none,
 * `"method"` if the API has the path but not with that method.
 */
export type OperationRouter = (method: string, path: string) => OperationRoute | "method" | undefined;

export function createOperationRouter(model: Model): OperationRouter {
  const templates = [...model.operations.values()].map((operation) => ({
    operation,
    segments: operation.requestUri.split("/"),
  }));
  return (method, path) => {
    const sent = dicomwebPath(path).split("/");
    let isKnownPath = false;
    for (const { operation, segments } of templates) {
      const labels = segments.length === sent.length ? matchSegments(segments, sent) : undefined;
      if (labels !== undefined && isMethodOf(operation, method)) return { operation, labels };
      isKnownPath ||= labels !== undefined;
    }
    return isKnownPath ? "method" : undefined;
  };
}

const isMethodOf = (operation: Operation, method: string): boolean =>
  operation.method === method || (method === "HEAD" && operation.answersHead === true);

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

/** A malformed escape is kept: no identifier matches it, so validation reports it. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
