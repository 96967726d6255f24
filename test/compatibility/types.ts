/**
 * Code of users, which was written against the types of 0.1.0, with today's types: types.test.ts compiles this file.
 * Nothing here runs. Left out is what CHANGELOG.md names: strings that are literal unions today.
 */
import type * as today from "../../src/index.ts";
import type * as released from "../fixtures/0.1.0/public/declarations/index.js";

/** Each method's answer, also of the objects in a client. */
type Answers<T> = {
  readonly [Name in keyof T]: T[Name] extends (...given: never[]) => Promise<infer Answer>
    ? Answer
    : Answers<T[Name]>;
};

/** What is answered today, where code expects what 0.1.0 answered. */
export const answers = (client: Answers<today.ControlClient>): Answers<released.ControlClient> => client;

export const named = {
  ofEmulator: (emulator: today.EmulatorServer): Pick<released.EmulatorServer, "close" | "port" | "url"> =>
    emulator,
  account: (report: today.AccountReport): released.AccountReport => report,
  call: (call: today.CallAnswer): released.CallAnswer => call,
  contents: (contents: today.SnapshotContents): released.SnapshotContents => contents,
  error: (error: today.ControlClientError): released.ControlClientError => error,
  fired: (fired: today.Fired): released.Fired => fired,
  fixtures: (fixtures: today.Fixtures): released.Fixtures => fixtures,
  outcomes: (outcomes: today.Outcomes): released.Outcomes => outcomes,
  quota: (quota: today.QuotaAnswer): released.QuotaAnswer => quota,
  request: (request: today.RequestAnswer): released.RequestAnswer => request,
  /** Read by any name, without a question mark where `noUncheckedIndexedAccess` is off. */
  throttle: (use: today.LimitsAnswer["throttles"][string]): released.LimitsAnswer["throttles"][string] => use,
  duration: (ms: today.DurationsAnswer[string]): released.DurationsAnswer[string] => ms,
  unseen: (unseen: today.Unseen): released.Unseen => unseen,
};

/** Options as 0.1.0 took them, but for the literal unions. */
export const options = {
  activation: (of: Omit<released.ActivationOptions, "ttl">): today.ActivationOptions => of,
  fixtures: (of: Omit<released.FixtureOptions, "timeout">): today.FixtureOptions => of,
  emulator: (of: Omit<released.EmulatorOptions, "clock" | "onRequest">): today.EmulatorOptions => of,
  limits: (of: Omit<released.LimitChanges, "throttling" | "quotas">): today.LimitChanges => of,
  push: (of: released.PushOptions): today.PushOptions => of,
  requests: (of: Omit<released.RequestFilters, "op">): today.RequestFilters => of,
  reset: (of: released.ResetOptions): today.ResetOptions => of,
  save: (of: released.SaveOptions): today.SaveOptions => of,
  wait: (of: Omit<released.WaitOptions, "status" | "timeout">): Partial<today.WaitOptions> => of,
};

/** As a user of 0.1.0 may have written it. */
export async function code(control: today.ControlClient, name: string): Promise<unknown> {
  const durations: Readonly<Record<string, number>> = await control.durations.get();
  const { throttles, quotas, throttling } = await control.limits.get();
  const rate = throttles["GetImageFrame"]?.rate ?? throttles[name]?.burst;
  const value = quotas["Maximum data stores"].value + (quotas[name]?.value ?? 0);
  const used = Object.values(quotas).flatMap(({ use = [] }) => use.map(({ inUse }) => inUse));
  const limits = typeof throttling === "object" ? throttling.limits : {};
  const hits: today.HitAnswer[] = await control.scenarios.hits(name);
  hits.sort((a, b) => a.at.localeCompare(b.at));
  await control.durations.set({ jobInProgressMs: 2000, datastoreCreatingMs: "PT2M" });
  await control.limits.set({ throttling: "off", quotas: { "Maximum data stores": 100 }, deny: [] });
  await control.clock.advance("5m");
  await control.wait(`importJob/${name}`, { status: "COMPLETED", timeout: "10s" });
  return [durations[name], rate, value, used, limits];
}
