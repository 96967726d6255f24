/**
 * What the types of ControlClient let through and what they refuse. control-types.test.ts compiles this file: each
 * `@ts-expect-error` is an error itself where the line beneath it has none. Nothing here runs.
 */
import type * as resettable from "../../../src/domain/resettable.ts";
import type * as snapshot from "../../../src/domain/snapshot.ts";
import type * as report from "../../../src/local/report/report.ts";
import type { ControlClient } from "../../../src/local/sdk/control-client.ts";
import type * as client from "../../../src/local/sdk/control-operations.ts";
import type {
  ClockAnswer,
  DatastoreStatus,
  Duration,
  Fired,
  ImportJobStatus,
  LimitsAnswer,
  Operation,
  QuotaAnswer,
  QuotaName,
  RequestFilters,
  ResourceAnswer,
  ResourceName,
  ShownStatus,
  SnapshotSummary,
  ThrottleUse,
} from "../../../src/local/sdk/control-operations.ts";

/** Also of unions and `any`, which `extends` alone does not tell apart. */
type Equal<A, B> =
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(isSame: Equal<A, B>): void => void isSame;
type Answer<F extends (...given: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;

export function durations({ clock, durations: ofStates }: ControlClient): void {
  same<Parameters<typeof clock.advance>[0], Duration | number>(true);
  same<Answer<typeof clock.advance>, ClockAnswer>(true);
  void clock.advance("5m");
  void clock.advance("1.5s");
  void clock.advance("PT5M");
  void clock.advance(250);
  const all: readonly Duration[] = [
    ...(["1.5s", "250ms", "1w", "PT5M", "P1DT12H", "p1d", "pt1.5s", "PT1,5S"] as const),
    ...(["P1W", "P1W2D", "P0.5D", "P1WT1M", "PT1H2M3.5S", "p1w2dt1h2m3s"] as const),
  ];
  void all;
  // @ts-expect-error minutes are m
  void clock.advance("5min");
  // @ts-expect-error M are months
  void clock.advance("5M");
  // @ts-expect-error it names nothing
  void clock.advance("Pfoo");
  // @ts-expect-error nothing is behind the T
  void clock.advance("P1DT");
  // @ts-expect-error months have no fixed length
  void clock.advance("P1M");
  // @ts-expect-error only the last number has a fraction
  void clock.advance("P1.5DT2H");
  void ofStates.set({ jobInProgressMs: 2000, datastoreCreatingMs: "PT2S" });
  // @ts-expect-error it is jobInProgressMs
  void ofStates.set({ jobInProgresMs: 2000 });
}

export function resources(control: ControlClient, id: string): void {
  const { resources: known } = control;
  same<ResourceName, `datastore/${string}` | `importJob/${string}` | `imageSet/${string}`>(true);
  same<Answer<typeof known.get>, ResourceAnswer>(true);
  same<ResourceAnswer["status"], ShownStatus>(true);
  void known.hold("datastore/*", "CREATING");
  void known.push(`importJob/${id}`, "FAILED", { message: "no access" });
  void known.push(`imageSet/${id}`, "LOCKED/UPDATING", { force: true });
  void control.wait(`importJob/${id}`, { status: ["COMPLETED", "FAILED"], timeout: "2m" });
  // @ts-expect-error a resource is a kind and an id
  void known.get(id);
  // @ts-expect-error it is importJob
  void known.get(`importjob/${id}`);
  // @ts-expect-error there is no such status
  void known.push(`importJob/${id}`, "FAILURE");
  // @ts-expect-error it is COMPLETED
  void control.wait(`importJob/${id}`, { status: "COMPLETE" });
}

export function statuses(fired: Fired, jobStatus: ImportJobStatus, datastoreStatus: DatastoreStatus): void {
  same<ImportJobStatus, "SUBMITTED" | "IN_PROGRESS" | "COMPLETED" | "FAILED">(true);
  same<Fired["to"], ShownStatus | null>(true);
  const isDone: boolean = fired.to === jobStatus || fired.to === datastoreStatus;
  void isDone;
  // @ts-expect-error nothing is ever DONE
  void (fired.to === "DONE");
}

export function limits({ limits: known }: ControlClient): void {
  same<Answer<typeof known.get>, LimitsAnswer>(true);
  same<LimitsAnswer["quotas"][QuotaName], QuotaAnswer>(true);
  same<LimitsAnswer["throttles"], Readonly<Record<string, ThrottleUse>>>(true);
  void known.set({ throttling: "off", quotas: { "Maximum data stores": 100, "L-8829B870": 3 } });
  void known.set({ throttling: { limits: { GetImageFrame: { rate: 1, burst: 1 } } } });
  // @ts-expect-error it is "off" or "aws"
  void known.set({ throttling: "none" });
  // @ts-expect-error no quota has this name
  void known.set({ quotas: { "Maximum datastores": 100 } });
  // @ts-expect-error no operation has this name
  void known.set({ throttling: { limits: { GetFrame: { rate: 1, burst: 1 } } } });
}

export function journal({ requests, snapshots }: ControlClient): void {
  same<Answer<typeof snapshots.list>, readonly SnapshotSummary[]>(true);
  same<Answer<typeof requests.count>, number>(true);
  same<RequestFilters["op"], Operation | `${string}*${string}` | `${string}:${string}` | undefined>(true);
  void requests.count({ op: "GetImageFrame", status: "5xx" });
  void requests.list({ op: "Get*", limit: 5 });
  // @ts-expect-error it is GetImageFrame
  void requests.list({ op: "GetFrame" });
}

export async function resets(control: ControlClient): Promise<void> {
  const { epoch, buckets } = await control.reset({ buckets: true });
  same<typeof epoch, number>(true);
  same<NonNullable<typeof buckets>["removed"], readonly string[]>(true);
}

/** What rooms below the table of routes declare themselves, since imports do not climb: member by member the same. */
export const doubled = [
  same<snapshot.SnapshotSummary, client.SnapshotSummary>(true),
  same<snapshot.SaveOptions, client.SaveOptions>(true),
  same<snapshot.RestoreReport, client.RestoreReport>(true),
  same<resettable.ResetOptions, client.ResetOptions>(true),
  same<resettable.ResetReport, client.ResetReport>(true),
  same<report.Report, client.Report>(true),
  same<report.AccountReport, client.AccountReport>(true),
  same<report.Outcomes, client.Outcomes>(true),
  same<report.Unseen, client.Unseen>(true),
] as const;
