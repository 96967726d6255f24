import type { Cause, FileCounts, StateChangeRecord } from "../../domain/activity.ts";
import { isFinal, statusMessageOf, type StatusChange } from "../../domain/resource.ts";
import type { Change, State } from "../../domain/state.ts";

interface RecordedStateChangeParts {
  readonly change: Change;
  readonly status: StatusChange;
  readonly at: number;
  readonly cause: Cause;
  readonly state: Pick<State, "datastores">;
  readonly filesOf: (jobId: string) => FileCounts | undefined;
}

/** The description of a state change. Most of it is looked up only when a reader asks at once. */
export class RecordedStateChange implements StateChangeRecord {
  readonly resource: StateChangeRecord["resource"];
  readonly datastoreId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly at: number;
  readonly cause: Cause;
  readonly account: string;
  readonly region: string;
  readonly files: FileCounts | undefined;
  readonly #change: Change;

  constructor({ change, status, at, cause, state, filesOf }: RecordedStateChangeParts) {
    const { kind, id, from, to } = status;
    const { datastoreId } = change.document;
    const datastore = change.kind === "datastores" ? change.document : state.datastores.get(datastoreId);
    this.#change = change;
    this.resource = { kind, id };
    this.datastoreId = datastoreId;
    this.from = from;
    this.to = to;
    this.at = at;
    this.cause = cause;
    this.account = datastore?.account ?? "";
    this.region = datastore?.region ?? "";
    const isEnd = kind === "importJob" && to !== null && isFinal(kind, to);
    this.files = isEnd ? filesOf(id) : undefined;
  }

  get message(): string | null {
    return statusMessageOf(this.#change);
  }

  get document(): Change["document"] {
    return this.#change.document;
  }

  get previous(): Change["previous"] {
    return this.#change.previous;
  }
}
