import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-medical-imaging";
import { describe, expect, test } from "vitest";
import { ERROR_STATUS } from "../../src/api/errors.ts";
import { model } from "../../src/api/model.ts";
import quotas from "../../src/api/quotas.json" with { type: "json" };
import overrides from "../../src/api/seed-overrides.json" with { type: "json" };
import published from "../../src/api/service-model.json" with { type: "json" };
import throttles from "../../src/api/throttles.json" with { type: "json" };

const CONTRACT = join(import.meta.dirname, "../../../shared/contract");
if (!existsSync(CONTRACT))
  process.stderr.write(`SKIPPED: the tables of src/api against ${CONTRACT}, which is not there\n`);

/** A schema that the SDK exports: `[3, namespace, name, traits, member names, member schemas]`. */
function memberNamesOf(name: string): string[] {
  const schema = (sdk as Record<string, unknown>)[`${name}$`];
  if (!Array.isArray(schema)) throw new Error(`the SDK exports no schema of ${name}`);
  return schema[4] as string[];
}

describe("the tables of src/api", () => {
  test.skipIf(!existsSync(CONTRACT)).each([
    ["service-model.json", published],
    ["seed-overrides.json", overrides],
    ["throttles.json", throttles],
    ["quotas.json", quotas],
  ])("%s is the contract's", (name, table) => {
    expect(table).toEqual(JSON.parse(readFileSync(join(CONTRACT, name), "utf8")));
  });

  test.each([...model.operations.values()])(
    "$name has no member that the SDK does not know",
    ({ input, output }) => {
      for (const shape of [input, output]) {
        const ours = Object.keys(model.shapes[shape]?.members ?? {});
        const theirs = memberNamesOf(shape);
        expect(ours.filter((member) => !theirs.includes(member))).toEqual([]);
      }
    },
  );

  test("every error of an operation has its status, which is the model's", () => {
    for (const { errors } of model.operations.values()) {
      for (const error of errors) {
        const status = (published.shapes as Record<string, { error?: { httpStatusCode: number } }>)[error]
          ?.error;
        expect({ error, status: (ERROR_STATUS as Record<string, number>)[error] }).toEqual({
          error,
          status: status?.httpStatusCode,
        });
      }
    }
  });

  test("what is newer than the guide is gone", () => {
    expect(model.shapes["CreateDatastoreRequest"]?.members).not.toHaveProperty("lambdaAuthorizerArn");
    expect(model.shapes["MetadataUpdates"]?.members).toEqual({ DICOMUpdates: { shape: "DICOMUpdates" } });
    expect(model.shapes["CopySourceImageSetInformation"]?.members).not.toHaveProperty("DICOMCopies");
    expect(model.shapes["SearchByAttributeValue"]?.members).not.toHaveProperty("isPrimary");
    expect(model.shapes["GetImageSetResponse"]?.members).not.toHaveProperty("storageTier");
    expect(model.shapes["DICOMPatientId"]?.max).toBe(64);
    expect(model.shapes["ImageSetWorkflowStatus"]?.enum).toHaveLength(10);
    expect(model.operations.get("GetImageFrame")?.errors).not.toContain("NotAcceptableException");
  });
});
