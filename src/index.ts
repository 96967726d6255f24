export {
  ControlClient,
  ControlClientError,
  type PushOptions,
  type WaitOptions,
} from "./local/sdk/control-client.ts";
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
} from "./local/sdk/control-answers.ts";
export type { FixtureOptions, Fixtures } from "./local/sdk/import/import-fixtures.ts";
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
} from "./local/sdk/scenario-answers.ts";
export type { RequestHandler } from "./local/sdk/request-handler.ts";
export type { ComposeOptions } from "./app/compose.ts";
export type { AccountReport, Outcomes, Report, Unseen } from "./local/report/report.ts";
export type { ResetOptions, ResetReport } from "./domain/resettable.ts";
export type { RestoreReport, SaveOptions, SnapshotContents, SnapshotSummary } from "./domain/snapshot.ts";
export {
  createEmulator,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type EmulatorServer,
} from "./app/emulator.ts";
