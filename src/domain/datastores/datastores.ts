import type { DatastoreStatus } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../../api/errors.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import { NEXT_DATASTORE_STATUS, type Datastore } from "./datastore.ts";
import type { Durations } from "../time/durations.ts";
import type { CreateId } from "../ids.ts";
import { latestVersion } from "../image-sets/image-set.ts";
import { cutPage, type Page, type PageRequest } from "../paging.ts";
import { datastoresInUse } from "../limits/quota-use.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { State, StateChange } from "../state.ts";
import { checkTagCount } from "../tag-count.ts";
import type { Transitions } from "../time/transitions.ts";

export interface NewDatastore {
  readonly datastoreName?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

interface DatastoresDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly createId: CreateId;
  readonly transitions: Transitions;
  readonly quotas: Quotas;
}

/** The data stores and their state machine. */
export class Datastores {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #createId: CreateId;
  readonly #transitions: Transitions;
  readonly #quotas: Quotas;

  constructor({ state, clock, createId, transitions, quotas }: DatastoresDependencies) {
    this.#state = state;
    this.#clock = clock;
    this.#createId = createId;
    this.#transitions = transitions;
    this.#quotas = quotas;
  }

  /** @throws ServiceError ServiceQuotaExceededException */
  create({ account, region }: Caller, { datastoreName, kmsKeyArn, tags }: NewDatastore): Datastore {
    const now = this.#clock.now();
    checkTagCount(tags ?? {});
    this.#quotas.checkQuota(
      "datastores",
      { account, region },
      datastoresInUse(this.#state, { account, region }),
    );
    const datastore: Datastore = {
      datastoreId: this.#createId(),
      account,
      region,
      datastoreName: datastoreName ?? null,
      datastoreStatus: "CREATING",
      kmsKeyArn: kmsKeyArn ?? null,
      tags: tags ?? {},
      createdAt: now,
      updatedAt: now,
      statusSince: now,
    };
    this.#state.update(({ datastores }) => datastores.put(datastore));
    this.#settle(datastore);
    return datastore;
  }

  /** @throws ServiceError ResourceNotFoundException also for a data store of another caller. */
  get(caller: Caller, datastoreId: string): Datastore {
    const datastore = this.#state.datastores.get(datastoreId);
    if (datastore !== undefined && isVisibleTo(caller, datastore)) return datastore;
    throw new ServiceError("ResourceNotFoundException", `Data store ${datastoreId} does not exist`);
  }

  /**
   * As `get`. Assumed: deleted-data-store. A deleted data store does not exist for other operations either.
   */
  getExisting(caller: Caller, datastoreId: string): Datastore {
    const datastore = this.get(caller, datastoreId);
    if (datastore.datastoreStatus !== "DELETED") return datastore;
    throw new ServiceError("ResourceNotFoundException", `Data store ${datastoreId} has been deleted`);
  }

  /**
   * For imports and searches. Assumed: inactive-data-store. A data store that is not ACTIVE is a
   * ConflictException.
   * @throws ServiceError ConflictException
   */
  getActive(caller: Caller, datastoreId: string): Datastore {
    const datastore = this.getExisting(caller, datastoreId);
    if (datastore.datastoreStatus === "ACTIVE") return datastore;
    throw new ServiceError(
      "ConflictException",
      `Data store ${datastoreId} is ${datastore.datastoreStatus}, expected ACTIVE`,
    );
  }

  /** Assumed: order-of-data-stores. Newest first. */
  list(caller: Caller, status: DatastoreStatus | undefined, page: PageRequest): Page<Datastore> {
    const { account, region } = caller;
    return cutPage(
      this.#listed(caller, status),
      ({ createdAt, datastoreId }) => [-createdAt, datastoreId],
      JSON.stringify(["ListDatastores", account, region, status]),
      page,
    );
  }

  delete(caller: Caller, datastoreId: string): Datastore {
    this.getExisting(caller, datastoreId);
    const datastore = this.#state.update((change) => {
      refuseUndeletable(change, datastoreId);
      return this.#move(change, datastoreId, "DELETING");
    });
    this.#settle(datastore);
    return datastore;
  }

  /** In all regions. */
  ofAccount(account: string): string[] {
    return [...this.#state.datastores.values()]
      .filter((datastore) => datastore.account === account)
      .map(({ datastoreId }) => datastoreId);
  }

  /** Cancels pending transitions of data stores that are removed. */
  cancel(datastoreIds: Iterable<string>): void {
    for (const id of datastoreIds) this.#transitions.cancelPending({ kind: "datastore", id });
  }

  /** Resumes transitions that a stop of the process interrupted. */
  resume(): void {
    for (const datastore of this.#state.datastores.values()) {
      const isUnderWay = this.#transitions.has({ kind: "datastore", id: datastore.datastoreId });
      if (!isUnderWay) this.#settle(datastore);
    }
  }

  /**
   * Sets a status by hand, at once; later transitions happen as usual.
   * @param isForced ignores the tables and the contents of the data store
   * @throws ServiceError ConflictException if the data store cannot be deleted
   */
  moveTo(datastoreId: string, status: DatastoreStatus, isForced: boolean): void {
    const datastore = this.#state.update((change) => {
      if (status === "DELETING" && !isForced) refuseUndeletable(change, datastoreId);
      return this.#move(change, datastoreId, status, isForced);
    });
    this.#transitions.cancelPending({ kind: "datastore", id: datastoreId });
    this.#settle(datastore);
  }

  *#listed(caller: Caller, status: DatastoreStatus | undefined): Iterable<Datastore> {
    for (const datastore of this.#state.datastores.values()) {
      const isListed = status === undefined || datastore.datastoreStatus === status;
      if (isListed && isOf(caller, datastore)) yield datastore;
    }
  }

  /** Schedules the transition out of a transient state. */
  #settle({ datastoreId, datastoreStatus, statusSince }: Datastore): void {
    const next = AFTER[datastoreStatus];
    if (next === undefined) return;
    const { lasts, to, failed = to } = next;
    this.#transitions.begin({
      resources: [{ kind: "datastore", id: datastoreId, datastoreId, from: datastoreStatus }],
      since: statusSince,
      lasts,
      to: () => to,
      leave: (failure) => {
        const status = failure === undefined ? to : failed;
        this.#state.update((change) => this.#move(change, datastoreId, status));
      },
    });
  }

  #move(
    { datastores }: StateChange,
    datastoreId: string,
    datastoreStatus: DatastoreStatus,
    isForced = false,
  ): Datastore {
    const datastore = datastores.get(datastoreId);
    if (
      datastore === undefined ||
      !(isForced || NEXT_DATASTORE_STATUS[datastore.datastoreStatus].includes(datastoreStatus))
    ) {
      throw new Error(
        `data store ${datastoreId} cannot go from ${datastore?.datastoreStatus} to ${datastoreStatus}`,
      );
    }
    const now = this.#clock.now();
    const updatedAt = datastoreStatus === "ACTIVE" ? datastore.updatedAt : now;
    const moved: Datastore = { ...datastore, datastoreStatus, updatedAt, statusSince: now };
    datastores.put(moved);
    return moved;
  }
}

interface Next {
  readonly lasts: keyof Durations;
  readonly to: DatastoreStatus;
  /** The status if a rule makes the transition fail; left out, it cannot fail. */
  readonly failed?: DatastoreStatus;
}

/** The status after a transient state. */
const AFTER: Partial<Record<DatastoreStatus, Next>> = {
  CREATING: { lasts: "datastoreCreatingMs", to: "ACTIVE", failed: "CREATE_FAILED" },
  DELETING: { lasts: "datastoreDeletingMs", to: "DELETED" },
};

/**
 * Assumed: undeletable-data-store. A running import job prevents it too; the messages are ours
 * (facts: datastores#states).
 */
function refuseUndeletable({ datastores, imageSets, importJobs }: StateChange, datastoreId: string): void {
  const status = datastores.get(datastoreId)?.datastoreStatus;
  if (status === "CREATING" || status === "DELETING") {
    throw new ServiceError("ConflictException", `Data store ${datastoreId} is ${status}`);
  }
  for (const imageSet of imageSets.inDatastore(datastoreId)) {
    if (latestVersion(imageSet).imageSetState === "DELETED") continue;
    throw new ServiceError("ConflictException", `Data store ${datastoreId} still contains image sets`);
  }
  for (const { jobStatus } of importJobs.inDatastore(datastoreId)) {
    if (jobStatus === "COMPLETED" || jobStatus === "FAILED") continue;
    throw new ServiceError(
      "ConflictException",
      `Data store ${datastoreId} has an import job that is ${jobStatus}`,
    );
  }
}

const isOf = ({ account, region }: Caller, datastore: Datastore): boolean =>
  datastore.account === account && datastore.region === region;

/** An unsigned request finds a data store by its id in every account and region. */
const isVisibleTo = (caller: Caller, datastore: Datastore): boolean =>
  caller.accessKeyId === undefined || isOf(caller, datastore);
