import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type {
  Activity,
  ActivityReader,
  Cause,
  FaultRecord,
  FileCounts,
  OperationCall,
} from "../../domain/activity.ts";
import type { Log } from "../../domain/log.ts";
import { statusChange } from "../../domain/resource.ts";
import type { Change, State } from "../../domain/state.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { RecordedCall } from "./recorded-call.ts";
import { RecordedStateChange } from "./recorded-state-change.ts";

const RESUMED: Cause = { kind: "resumed" };

/** Publishes what happens, once, to all readers. */
export class ActivityStream implements Activity {
  readonly #clock: Pick<Clock, "now">;
  readonly #log: Pick<Log, "error">;
  /** Created with the first cause: a start needs none, and Node.js loads modules for it. */
  #causes: AsyncLocalStorage<Cause> | undefined;
  #readers: readonly ActivityReader[] = [];

  constructor(clock: Pick<Clock, "now">, log: Pick<Log, "error">) {
    this.#clock = clock;
    this.#log = log;
  }

  read(reader: ActivityReader): () => void {
    this.#readers = [...this.#readers, reader];
    return () => void (this.#readers = this.#readers.filter((other) => other !== reader));
  }

  open(request: HttpRequest): RecordedCall {
    return new RecordedCall(request, this.#clock.now(), this.#onBegin);
  }

  close(call: RecordedCall, response: HttpResponse): void {
    call.answered(response);
    this.#tell((reader) => reader.callAnswered?.(call));
    call.letGo();
  }

  because<T>(cause: Cause, work: () => T): T {
    return (this.#causes ??= new AsyncLocalStorage<Cause>()).run(cause, work);
  }

  faultInjected(fault: FaultRecord): void {
    this.#tell((reader) => reader.faultInjected?.(fault));
  }

  /**
   * Publishes the state changes of resources from now on.
   * @param filesOf the outcome of a job's files, if it is known
   */
  follow(state: State, filesOf: (jobId: string) => FileCounts | undefined): void {
    state.watch((changes) => {
      for (const change of changes) this.#changed(state, change, filesOf);
    });
  }

  #changed(state: State, change: Change, filesOf: (jobId: string) => FileCounts | undefined): void {
    const status = statusChange(change);
    if (status === undefined) return;
    const at = this.#clock.now();
    const cause = this.#causes?.getStore() ?? RESUMED;
    const record = new RecordedStateChange({ change, status, at, cause, state, filesOf });
    this.#tell((reader) => reader.stateChanged?.(record));
  }

  /** A failing reader is logged, at once or later: the other readers are called, and the request continues. */
  #tell(tell: (reader: ActivityReader) => unknown): void {
    for (const reader of this.#readers) {
      try {
        const told = tell(reader);
        // An asynchronous `onRequest` is a reader too.
        if (told instanceof Promise) told.catch(this.#failed);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  readonly #failed = (error: unknown): void =>
    this.#log.error("a subscriber to requests and state changes failed", error);

  readonly #onBegin = (call: OperationCall): void => {
    this.#tell((reader) => reader.callBegan?.(call));
  };
}
