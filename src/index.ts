export {
  ControlClient,
  type ControlClientOptions,
  type PushOptions,
  type WaitOptions,
} from "./local/sdk/control-client.ts";
export { ControlClientError } from "./local/sdk/control-client-error.ts";
export type {
  AccountReport,
  ActivationOptions,
  CallAnswer,
  CallsAnswer,
  ClockAnswer,
  DatastoreStatus,
  Duration,
  DurationChanges,
  DurationsAnswer,
  FindingAnswer,
  Fired,
  HealthAnswer,
  HitAnswer,
  HoldAnswer,
  HoldsAnswer,
  ImageSetAnswer,
  ImageSetWorkflowStatus,
  ImportJobStatus,
  IndexAnswer,
  LimitChanges,
  LimitsAnswer,
  Operation,
  Outcomes,
  PartHealth,
  ProgressAnswer,
  QuotaAlias,
  QuotaAnswer,
  QuotaName,
  QuotaUse,
  Report,
  RequestAnswer,
  RequestFilters,
  RequestsAnswer,
  ResetOptions,
  ResetReport,
  ResourceAnswer,
  ResourceKind,
  ResourceName,
  RestoreReport,
  SaveOptions,
  ScenarioAnswer,
  ScenarioErrors,
  ScenarioProblem,
  ScenarioScope,
  ScenarioSource,
  ScenariosAnswer,
  ShownStatus,
  SnapshotSummary,
  StatusName,
  StatusOverride,
  Throttle,
  ThrottleUse,
  Throttling,
  Timestamp,
  Unseen,
  ValidatedScenario,
  VerdictAnswer,
  WaitAnswer,
} from "./local/sdk/control-operations.ts";
export type { FixtureOptions, Fixtures } from "./local/sdk/import/import-fixtures.ts";
export type { Refused } from "./local/sdk/import/folder-files.ts";
export type { ImportedImageSet, ImportOutcome } from "./local/sdk/import/import-folder.ts";
export type { RequestHandler, SdkOptions, SdkRequest, SdkResponse } from "./local/sdk/request-handler.ts";
export type { ComposeOptions } from "./app/compose-options.ts";
export type { RequestEntry } from "./app/log/request-entry.ts";
export type { Scope } from "./api/arns.ts";
export type { BreakOff, BufferedBody, EmulatorHandle, HttpAnswer, HttpRequest } from "./api/http.ts";
export type { RegionChoice } from "./api/regions.ts";
export type { ServiceRelease, ServiceReleaseName } from "./api/releases/service-release.ts";
export type { ExternalS3 } from "./aws/s3/external-s3-options.ts";
export type { BucketOwner } from "./domain/import-jobs/bucket-owner.ts";
export type { QuotaChanges } from "./domain/limits/quotas.ts";
export type { Log, LogFields } from "./domain/log.ts";
export type { SnapshotContents } from "./domain/snapshot.ts";
export type { Clock } from "./domain/time/clock.ts";
export type { DurationOptions, Durations } from "./domain/time/durations.ts";
export type { FrameContainer } from "./imaging/pixels/htj2k/frame-container.ts";
export {
  createEmulator,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type EmulatorServer,
} from "./app/emulator.ts";
export type { TrustedCa } from "./app/listen-with-tls.ts";
export type { TlsOptions } from "./app/tls/open-tls.ts";
