import { expect, test } from "vitest";
import { EmulatorClock } from "../../../../src/domain/time/emulator-clock.ts";
import { openFaulty, TRANSPORTS, type Faulty } from "../faulty.ts";

/** Knows how much is still to come. */
class CountingClock extends EmulatorClock {
  readonly due = new Set<object>();

  override schedule(delayMs: number, task: () => void, inBackground?: boolean): () => void {
    const appointment = {};
    this.due.add(appointment);
    const run = (): void => {
      this.due.delete(appointment);
      task();
    };
    const cancel = super.schedule(delayMs, run, inBackground);
    return () => {
      this.due.delete(appointment);
      cancel();
    };
  }
}

const LATE = ["latency: { fixed: 1d }", "slow: { bytesPerSecond: 10 }"] as const;
const HUNG = ["hang: {}", "hang: { for: 1d }"] as const;

const ENDS: readonly (readonly [what: string, end: (faulty: Faulty) => Promise<unknown>])[] = [
  ["deactivated", ({ local }) => local("POST", "/_local/scenarios/test/deactivate")],
  ["removed", ({ local }) => local("DELETE", "/_local/scenarios/test")],
  [
    "replaced",
    ({ play }) => play("rules: [{ id: other, match: { op: Tag* }, effects: [{ throttle: {} }] }]"),
  ],
  ["over", ({ clock }) => clock.advance(60_000)],
  ["reset with everything else", ({ local }) => local("POST", "/_local/reset", "{}")],
];

async function ask(transport: (typeof TRANSPORTS)[number], effect: string) {
  const clock = new CountingClock();
  const faulty = await openFaulty(transport, { clock });
  const rule = `{ id: r, match: { op: ListDatastores }, effects: [{ ${effect} }] }`;
  await faulty.play(`ttl: 1m\nrules: [${rule}]`);
  clock.freeze();
  const client = new AbortController();
  const asked = faulty.medicalImaging.listDatastores({}, { abortSignal: client.signal }).then(
    () => "answered",
    (error: Error) => error.name,
  );
  const isUnderWay = async (): Promise<boolean> => {
    const { json } = await faulty.local("GET", "/_local/scenarios/test/status");
    return (json as { rules: { hits: number }[] }).rules[0]?.hits === 1;
  };
  await expect.poll(isUnderWay).toBe(true);
  if (effect !== "hang: {}") await expect.poll(() => clock.due.size).toBe(1);
  return { ...faulty, faulty: { ...faulty, clock }, clock, client, asked };
}

test.each(ENDS.flatMap(([what, end]) => [...LATE, ...HUNG].map((effect) => [effect, what, end] as const)))(
  "an answer delayed by %s arrives, or its call is retried, when its scenario is %s",
  async (effect, _, end) => {
    await using waiting = await ask("socket", effect);
    await end(waiting.faulty);
    expect(await waiting.asked).toBe("answered");
    expect(waiting.clock.due.size).toBe(0);
  },
);

test.each(
  TRANSPORTS.flatMap((transport) => [...LATE, ...HUNG].map((effect) => [transport, effect] as const)),
)(
  "with transport '%s', no timer of %s remains after its client disconnects or the emulator closes",
  async (transport, effect) => {
    await using waiting = await ask(transport, effect);
    waiting.client.abort();
    // An AbortError before the head of the answer, an Error of the body after it.
    expect(await waiting.asked).toMatch(/^(Abort)?Error$/);
    await expect.poll(() => waiting.clock.due.size).toBe(0);
    const other = waiting
      .connect("other")
      .listDatastores({})
      .catch(() => {});
    if (effect !== "hang: {}") await expect.poll(() => waiting.clock.due.size).toBe(1);
    await waiting.faulty[Symbol.asyncDispose]();
    await other;
    expect(waiting.clock.due.size).toBe(0);
  },
);
