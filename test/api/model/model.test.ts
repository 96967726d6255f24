import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-medical-imaging";
import { describe, expect, test } from "vitest";
import { ERROR_STATUS } from "../../../src/api/errors.ts";
import { model, type Shape } from "../../../src/api/model/model.ts";
import quotas from "../../../src/api/limits/quotas.json" with { type: "json" };
import overrides from "../../../src/api/model/seed-overrides.json" with { type: "json" };
import published from "../../../src/api/model/service-model.json" with { type: "json" };
import throttles from "../../../src/api/limits/throttles.json" with { type: "json" };

const SHARED =
  process.env["HEALTHIMAGING_LOCAL_TEST_CORPUS"] ?? join(import.meta.dirname, "../../../../shared/dicom");
const CONTRACT = join(SHARED, "../contract");
if (!existsSync(CONTRACT))
  process.stderr.write(`SKIPPED: the tables of src/api against ${CONTRACT}, which does not exist\n`);

/** The note says where a table is from, in words of its own. */
const withoutNote = (table: object): object => ({ ...table, note: undefined });

/** What the SDK exports of a name: `[type, namespace, name, traits, ...]`. */
function schemaOf(name: string): readonly unknown[] {
  const schema = (sdk as Record<string, unknown>)[`${name}$`];
  if (!Array.isArray(schema)) throw new Error(`the SDK exports no schema of ${name}`);
  return schema;
}

interface MemberTraits {
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly isLabel?: boolean;
  readonly isPayload?: boolean;
}

/** The members of a structure: after its traits come their names, then their schemas. */
function membersOf(name: string): ReadonlyMap<string, MemberTraits> {
  const [, , , , names, schemas] = schemaOf(name);
  return new Map(
    (names as string[]).map((member, index) => [member, traitsOf((schemas as unknown[])[index])]),
  );
}

/** A member is a schema, or a pair of schema and traits, which are an object or bits. */
function traitsOf(schema: unknown): MemberTraits {
  const traits: unknown = Array.isArray(schema) && schema.length === 2 ? schema[1] : 0;
  if (typeof traits !== "number") return traits as MemberTraits;
  return { isLabel: (traits & 1) !== 0, isPayload: (traits & 16) !== 0 };
}

interface OperationTraits {
  readonly http: readonly [method: string, uri: string, status: number];
  readonly endpoint?: readonly [hostPrefix: string];
}

const structures = Object.entries(model.shapes).filter(
  ([name, { type }]) => type === "structure" && `${name}$` in sdk,
);

describe("in src/api,", () => {
  // The tables of AWS's model lie beside the repository, not in it: a clone alone has nothing to compare with.
  test.skipIf(!existsSync(CONTRACT)).each([
    ["service-model.json", published],
    ["seed-overrides.json", overrides],
    ["throttles.json", throttles],
    ["quotas.json", quotas],
  ])("%s equals the table of the contract", (name, table) => {
    const contract = JSON.parse(readFileSync(join(CONTRACT, name), "utf8")) as object;
    expect(withoutNote(table)).toEqual(withoutNote(contract));
  });

  test.each([...model.operations.values()])(
    "$name has the method, path and host that the SDK uses",
    ({ name, method, requestUri, hostPrefix }) => {
      const { http, endpoint } = schemaOf(name)[3] as OperationTraits;
      expect([method, requestUri, hostPrefix]).toEqual([http[0], http[1], endpoint?.[0]]);
    },
  );

  test.each(structures)(
    "%s has only members that the SDK knows, each in the same location",
    (name, shape) => {
      const theirs = membersOf(name);
      for (const [member, { location, locationName }] of Object.entries(shape.members ?? {})) {
        const traits = theirs.get(member);
        const { httpQuery, httpHeader, isLabel = false, isPayload = false } = traits ?? {};
        expect({ member, isThere: theirs.has(member), isLabel, isPayload }).toEqual({
          member,
          isThere: true,
          isLabel: location === "uri",
          isPayload: shape.payload === member,
        });
        expect(httpQuery).toBe(location === "querystring" ? locationName : undefined);
        expect(httpHeader).toBe(location === "header" ? locationName : undefined);
      }
    },
  );

  test("the model is a subset of the published model", () => {
    const all = published.shapes as Record<string, Shape>;
    for (const [name, { members = {}, enum: values = [], max = 0 }] of Object.entries(model.shapes)) {
      const whole = all[name];
      expect(Object.keys(whole?.members ?? {})).toEqual(expect.arrayContaining(Object.keys(members)));
      expect(whole?.enum ?? []).toEqual(expect.arrayContaining([...values]));
      expect({ name, max }).toEqual({ name, max: Math.min(max, whole?.max ?? max) });
    }
    for (const { name, errors } of model.operations.values()) {
      const { errors: whole } = (published.operations as Record<string, { errors: { shape: string }[] }>)[
        name
      ] ?? { errors: [] };
      expect(whole.map(({ shape }) => shape)).toEqual(expect.arrayContaining([...errors]));
    }
  });

  test("every error of an operation has the HTTP status of the model", () => {
    for (const { errors } of model.operations.values()) {
      for (const error of errors) {
        const status = (published.shapes as Record<string, { error?: { httpStatusCode: number } }>)[error]
          ?.error;
        expect({ error, status: (ERROR_STATUS as Record<string, number>)[error] }).toEqual({
          error,
          status: status?.httpStatusCode,
        });
        expect(schemaOf(error)[3]).toMatchObject({ httpError: status?.httpStatusCode });
      }
    }
  });

  test("members that are newer than the guide are left out", () => {
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
