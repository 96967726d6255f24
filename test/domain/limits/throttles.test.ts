import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { THROTTLES } from "../../../src/api/limits/published-limits.ts";
import { model } from "../../../src/api/model/model.ts";
import { Throttles } from "../../../src/domain/limits/throttles.ts";
import { readThrottling, type Throttling } from "../../../src/domain/limits/throttling.ts";
import { TokenBucket } from "../../../src/domain/limits/token-bucket.ts";
import { ManualClock } from "../../manual-clock.ts";

const SCOPE = { account: "000000000000", region: "us-east-1" };

function build(throttling: Throttling = "aws") {
  const clock = new ManualClock();
  const throttles = new Throttles({ clock, throttling });
  const passes = (action: string, scope = SCOPE): boolean => {
    try {
      throttles.take(action, scope);
      return true;
    } catch {
      return false;
    }
  };
  /** How many calls pass until one does not. */
  const burst = (action: string, scope = SCOPE): number => {
    let calls = 0;
    while (passes(action, scope)) calls++;
    return calls;
  };
  return { clock, throttles, passes, burst };
}

describe("AWS's throttling", () => {
  test("limits every operation, and GetDICOMInstance", () => {
    expect([...THROTTLES.keys()].toSorted()).toEqual(
      [...new Set([...model.operations.keys(), "GetDICOMInstance"])].toSorted(),
    );
  });

  test.each([...THROTTLES])("of %s lets its burst pass, then its rate, and no more", (action, limit) => {
    const { clock, passes, burst } = build();
    expect(burst(action)).toBe(limit.burst);
    const gapMs = Math.ceil(1000 / limit.rate);
    clock.advance(gapMs - 1);
    expect(passes(action)).toBe(false);
    clock.advance(1);
    expect([passes(action), passes(action)]).toEqual([true, false]);
    clock.advance(200_000 * gapMs);
    expect(burst(action)).toBe(limit.burst);
  });

  // A bucket of one token is full before the next call comes, so it always loses a part of one.
  const larger = [...THROTTLES].filter(([, { burst }]) => burst > 1);
  test.each(larger)("of %s does not drift in 1,000 seconds of constant calls", (action, { rate }) => {
    const { clock, passes, burst } = build();
    burst(action);
    let passed = 0;
    for (let step = 0; step < 10_000; step++) {
      clock.advance(100);
      while (passes(action)) passed++;
    }
    expect(passed).toBe(1000 * rate);
  });

  test("is separate for each account, region and action", () => {
    const { burst } = build();
    expect(burst("CreateDatastore")).toBe(1);
    expect(burst("CreateDatastore", { ...SCOPE, account: "111122223333" })).toBe(1);
    expect(burst("CreateDatastore", { ...SCOPE, region: "eu-west-1" })).toBe(1);
    expect(burst("DeleteDatastore")).toBe(1);
    expect(burst("CreateDatastore")).toBe(0);
  });

  test("names the limit, the time to wait, and how to lift it", () => {
    const { clock, throttles } = build();
    throttles.take("CreateDatastore", SCOPE);
    clock.advance(1764);
    expect(() => throttles.take("CreateDatastore", SCOPE)).toThrow(
      expect.objectContaining({
        code: "ThrottlingException",
        hint: expect.stringMatching(
          /^CreateDatastore is limited to 0\.085 per second with bursts of 1; the next call passes in 10001 ms; .*--throttling off.*\/_local\/limits/,
        ),
      }),
    );
  });

  test("continues at once when the clock is set back", () => {
    const bucket = new TokenBucket({ rate: 1, burst: 1 }, 10_000);
    expect([bucket.take(10_000), bucket.take(0), bucket.take(999), bucket.take(1000)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe("other throttling", () => {
  test("that is off limits nothing", () => {
    const { passes } = build("off");
    expect(Array.from({ length: 100 }, () => passes("CreateDatastore"))).not.toContain(false);
  });

  test("may be a multiple of AWS's", () => {
    const tenfold = readThrottling(10);
    expect(tenfold.get("CreateDatastore")).toEqual({ rate: 0.85, burst: 10 });
    expect(readThrottling(0.29).get("GetImageSetMetadata")).toEqual({ rate: 14.5, burst: 29 });
    expect(readThrottling(0.001).get("CreateDatastore")).toEqual({ rate: 0.000085, burst: 1 });
  });

  test("may be a table; operations that it leaves out keep AWS's limits", () => {
    const limits = readThrottling({ note: "mine", limits: { GetDatastore: { rate: 1, burst: 3 } } });
    expect(limits.get("GetDatastore")).toEqual({ rate: 1, burst: 3 });
    expect(limits.get("ListDatastores")).toEqual(THROTTLES.get("ListDatastores"));
  });

  test.each([
    ["maybe", 'got "maybe"'],
    [undefined, "got undefined"],
    [0, "got 0"],
    [-1, "got -1"],
    [1e9, "got 1000000000"],
    [0.0001, "got 0.0001"],
    [Number.NaN, "got NaN"],
    [{}, '{"limits"'],
    [{ limits: [] }, '{"limits"'],
    [{ limits: {}, more: 1 }, 'no "more"'],
    [{ limits: { GetEverything: { rate: 1, burst: 1 } } }, 'no "GetEverything"'],
    [JSON.parse('{"limits":{"__proto__":{"rate":1,"burst":1}}}'), 'no "__proto__"'],
    [{ limits: { GetDatastore: 5 } }, "GetDatastore"],
    [{ limits: { GetDatastore: { rate: 1 } } }, "burst of GetDatastore"],
    [{ limits: { GetDatastore: { rate: 0, burst: 1 } } }, "rate of GetDatastore"],
    [{ limits: { GetDatastore: { rate: "1", burst: 1 } } }, 'got "1"'],
    [{ limits: { GetDatastore: { rate: 1, burst: 0.5 } } }, "got 0.5"],
    [{ limits: { GetDatastore: { rate: 1, burst: 1, extra: 1 } } }, 'no "extra"'],
  ])("given as %j is refused with one line", (throttling, message) => {
    expect(() => readThrottling(throttling)).toThrow(message);
  });

  test("can be changed, which fills every bucket", () => {
    const { throttles, burst } = build();
    burst("CreateDatastore");
    throttles.set(3);
    expect(burst("CreateDatastore")).toBe(3);
    expect(() => throttles.set(-1)).toThrow("got -1");
    expect([throttles.throttling, burst("CreateDatastore")]).toEqual([3, 0]);
  });

  test("is filled again for one account, or all, with the limits of the start", () => {
    const { throttles, burst } = build();
    const other = { ...SCOPE, account: "111122223333" };
    burst("CreateDatastore");
    burst("CreateDatastore", other);
    throttles.resetAccount(SCOPE.account);
    expect([burst("CreateDatastore"), burst("CreateDatastore", other)]).toEqual([1, 0]);
    throttles.set(5);
    throttles.reset();
    expect([burst("CreateDatastore"), burst("CreateDatastore", other)]).toEqual([1, 1]);
  });
});

test("the list of throttles shows the tokens left in each used bucket, and forgets a bucket that is full again", () => {
  const { clock, throttles } = build();
  throttles.take("GetDatastore", SCOPE);
  throttles.take("CreateDatastore", SCOPE);
  expect(throttles.list()["GetDatastore"]).toEqual({
    rate: 10,
    burst: 20,
    tokens: [{ ...SCOPE, left: 19 }],
  });
  clock.advance(1000);
  expect(throttles.list()["GetDatastore"]?.tokens).toEqual([]);
  expect(throttles.list()["CreateDatastore"]?.tokens).toEqual([{ ...SCOPE, left: 0.085 }]);
});

test("throttling forgets accounts that are no longer throttled, and none that still are", () => {
  const { clock, throttles, passes } = build();
  passes("CreateDatastore");
  for (let account = 0; account < 5000; account++) {
    clock.advance(1);
    throttles.take("GetImageFrame", { ...SCOPE, account: String(account).padStart(12, "1") });
  }
  expect(passes("CreateDatastore")).toBe(false);
  expect(throttles.list()["GetImageFrame"]?.tokens.length).toBeLessThan(10);
});

test("throttling never lets more calls pass than burst and rate allow, whenever they arrive", () => {
  const limit = { rate: 0.085, burst: 2 };
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { maxLength: 60 }), (gaps) => {
      const bucket = new TokenBucket(limit, 0);
      let now = 0;
      let passed = 0;
      for (const gap of gaps) {
        now += gap;
        if (bucket.take(now)) passed++;
        expect(passed).toBeLessThanOrEqual(limit.burst + (now * 85) / 1_000_000);
      }
    }),
  );
});
