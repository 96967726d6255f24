export {
  ControlClient,
  ControlClientError,
  type PushOptions,
  type WaitOptions,
} from "./client/control-client.ts";
export type {
  ClockAnswer,
  DurationsAnswer,
  Fired,
  HealthAnswer,
  HoldAnswer,
  ImageSetAnswer,
  LimitChanges,
  LimitsAnswer,
  ProgressAnswer,
  QuotaAnswer,
  ResourceAnswer,
} from "./client/control-answers.ts";
export type { FixtureOptions, Fixtures } from "./client/import-fixtures.ts";
export type {
  ActivationOptions,
  CallAnswer,
  CallsAnswer,
  HitAnswer,
  RequestAnswer,
  RequestFilters,
  RequestsAnswer,
  ScenarioAnswer,
  ScenariosAnswer,
  VerdictAnswer,
} from "./client/scenario-answers.ts";
export type { RequestHandler } from "./client/request-handler.ts";
export type { ComposeOptions } from "./compose.ts";
export type { AccountReport, Outcomes, Report, Unseen } from "./report/report.ts";
export type { ResetOptions, ResetReport } from "./domain/reset.ts";
export type { RestoreReport, SaveOptions, SnapshotContents, SnapshotSummary } from "./domain/snapshot.ts";
export {
  createEmulator,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type EmulatorServer,
} from "./compose/emulator.ts";
