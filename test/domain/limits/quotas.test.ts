import { describe, expect, test } from "vitest";
import { QUOTAS } from "../../../src/api/limits/published-limits.ts";
import { QUOTA_ALIASES } from "../../../src/api/limits/quota-names.ts";
import { QUOTA_KEYS, Quotas, readQuotas } from "../../../src/domain/limits/quotas.ts";

const REGION = { account: "000000000000", region: "us-east-1" };

test("the quotas are the twelve of AWS, in counts and bytes", () => {
  const quotas = new Quotas();
  expect(QUOTA_KEYS.map((key) => quotas.current(key)).toSorted(byName)).toEqual(QUOTAS.toSorted(byName));
  expect(Object.fromEntries(QUOTA_KEYS.map((key) => [key, quotas.limit(key, REGION)]))).toEqual({
    concurrentCopies: 100,
    concurrentDeletions: 100,
    concurrentUpdates: 100,
    concurrentImportJobs: 100,
    datastores: 10,
    framesPerCopy: 1000,
    filesPerImportJob: 5000,
    foldersPerImportJob: 10_000,
    updatePayloadBytes: 10_000,
    importJobBytes: 10 * 1024 ** 3,
    importFileBytes: 4 * 1024 ** 3,
    metadataBytes: 50 * 1024 ** 2,
  });
});

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

test("a region may have its own value of a quota until that is changed", () => {
  const quotas = new Quotas();
  expect(quotas.limit("concurrentImportJobs", { account: "000000000000", region: "ap-southeast-2" })).toBe(
    20,
  );
  expect(quotas.limit("concurrentImportJobs", { account: "000000000000", region: "toString" })).toBe(100);
  quotas.adjust({ "Maximum concurrent import jobs per data store": 7 });
  expect(quotas.limit("concurrentImportJobs", { account: "000000000000", region: "ap-southeast-2" })).toBe(7);
  quotas.reset();
  expect(quotas.limit("concurrentImportJobs", { account: "000000000000", region: "ap-southeast-2" })).toBe(
    20,
  );
});

test("a reset restores the quotas of the start", () => {
  const quotas = new Quotas({ "Maximum data stores": 3 });
  quotas.adjust({ "Maximum data stores": 4, "Maximum files in a DICOM import job": 1 });
  quotas.reset();
  expect([quotas.limit("datastores", REGION), quotas.limit("filesPerImportJob", REGION)]).toEqual([3, 5000]);
});

test("a quota lets the last permitted resource pass and refuses the next", () => {
  const quotas = new Quotas({ "Maximum data stores": 3 });
  quotas.checkQuota("datastores", REGION, 2);
  expect(() => quotas.checkQuota("datastores", REGION, 3)).toThrow(
    expect.objectContaining({
      code: "ServiceQuotaExceededException",
      message: "The request exceeds the quota 'Maximum data stores', which is 3",
      hint: expect.stringContaining('/_local/limits {"quotas":{"Maximum data stores":6}}'),
    }),
  );
  expect(() => quotas.checkQuota("foldersPerImportJob", REGION, 10_000)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('{"value":20000,"force":true}') }),
  );
  expect(() => quotas.checkQuota("datastores", REGION, 3, "ThrottlingException")).toThrow(
    expect.objectContaining({ code: "ThrottlingException" }),
  );
});

describe("a change of quotas", () => {
  test.each(QUOTAS.filter(({ adjustable }) => !adjustable))("of $name needs force", ({ name }) => {
    expect(() => new Quotas({ [name]: 1 })).toThrow('send {"value": 1, "force": true}');
    expect(() => new Quotas({ [name]: { value: 1, force: false } })).toThrow("not adjustable on AWS");
    expect(readQuotas({ [name]: { value: 1, force: true } })).toEqual(new Map([[name, 1]]));
  });

  test.each(QUOTAS.filter(({ adjustable }) => adjustable))("of $name needs no force", ({ name }) => {
    expect(readQuotas({ [name]: 5 })).toEqual(new Map([[name, 5]]));
  });

  test.each([
    ["L-8829B870", "Maximum data stores"],
    ["L-0D1B2633", "Maximum concurrent CopyImageSet requests per data store"],
    ["Maximum number of files in a DICOM import job", "Maximum files in a DICOM import job"],
    [
      "Maximum payload size limit (in KB) accepted by UpdateImageSetMetadata",
      "Maximum payload size accepted by UpdateImageSetMetadata",
    ],
    [
      "Maximum size limit (in MB) on ImageSetMetadata per Import, Copy, and UpdateImageSet",
      "Maximum ImageSetMetadata size per import, copy and UpdateImageSet",
    ],
  ])("that names %s as Service Quotas does changes %s", (alias, name) => {
    expect(readQuotas({ [alias]: 5 })).toEqual(new Map([[name, 5]]));
  });

  test("may name each quota as Service Quotas does, and by its code where AWS can adjust it", () => {
    const aliases = [...QUOTA_ALIASES];
    expect(new Set(aliases.map(([, name]) => name))).toEqual(new Set(QUOTAS.map(({ name }) => name)));
    const coded = aliases.filter(([alias]) => /^L-[0-9A-F]{8}$/.test(alias)).map(([, name]) => name);
    const adjustable = QUOTAS.filter((quota) => quota.adjustable).map(({ name }) => name);
    expect(coded.toSorted()).toEqual(adjustable.toSorted());
  });

  test("that names a quota twice is refused", () => {
    expect(() => readQuotas({ "Maximum data stores": 1, "L-8829B870": 2 })).toThrow(
      "quotas has 'Maximum data stores' twice",
    );
  });

  test("may set a size to a fraction of its unit", () => {
    const quotas = new Quotas({ "Maximum payload size accepted by UpdateImageSetMetadata": 0.5 });
    expect(quotas.limit("updatePayloadBytes", REGION)).toBe(500);
  });

  test("that is wrong in one place changes nothing", () => {
    const quotas = new Quotas();
    expect(() =>
      quotas.adjust({ "Maximum data stores": 100, "Maximum files in a DICOM import job": -1 }),
    ).toThrow("from 0, got -1");
    expect(quotas.limit("datastores", REGION)).toBe(10);
  });

  test.each([
    [[], '{"Maximum data stores": 100}'],
    [{ datastores: 1 }, 'no "datastores"'],
    [{ "Maximum data stores": 1.5 }, "a whole number from 0, got 1.5"],
    [{ "Maximum data stores": "10" }, 'got "10"'],
    [{ "Maximum data stores": null }, "got null"],
    [{ "Maximum data stores": 1e300 }, "got 1e+300"],
    [{ "Maximum data stores": { value: 5, more: 1 } }, 'no "more"'],
    [{ "Maximum data stores": { value: 5, force: "yes" } }, "true or false"],
    [{ "Maximum payload size accepted by UpdateImageSetMetadata": Number.NaN }, "a number of KB"],
    [JSON.parse('{"__proto__":1}'), 'no "__proto__"'],
  ])("to %j is refused with one line", (changes, message) => {
    expect(() => readQuotas(changes)).toThrow(message);
  });
});
