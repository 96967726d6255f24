import type { MedicalImaging } from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, expect, test } from "vitest";
import { failureOf, openFaulty, type Faulty } from "./faulty.ts";

let faulty: Faulty;
let api: MedicalImaging;
beforeEach(async () => {
  faulty = await openFaulty("in process");
  api = faulty.medicalImaging;
  faulty.clock.freeze();
});
afterEach(async () => faulty[Symbol.asyncDispose]());

const create = () => api.createDatastore({ datastoreName: "new" });

test("quotas of a scenario hold while it is active, and say where they come from", async () => {
  await faulty.play('ttl: 10m\nquotas: { "Maximum data stores": 1 }');
  await create();
  expect(await failureOf(create())).toMatchObject({
    name: "ServiceQuotaExceededException",
    message: "The request exceeds the quota 'Maximum data stores', which is 1",
    $response: { headers: { "x-local-hint": "it is set by scenario test" } },
  });
  await faulty.clock.advance(600_000);
  await create();
});

test("quotas of a scenario may be named by their codes", async () => {
  await faulty.play('quotas: { "L-8829B870": 0 }');
  expect(await failureOf(create())).toMatchObject({ name: "ServiceQuotaExceededException" });
});

test("quotas of a scenario for one account do not apply to other accounts", async () => {
  await faulty.play('scope: { account: "111122223333" }\nquotas: { "Maximum data stores": 0 }');
  await create();
  await faulty.play('scope: { account: "000000000000" }\nquotas: { "Maximum data stores": 0 }');
  expect(await failureOf(create())).toMatchObject({ name: "ServiceQuotaExceededException" });
});

test("quotas of the scenario that was activated last apply, and those of an ended scenario do not", async () => {
  await faulty.play('quotas: { "Maximum data stores": 0 }');
  await faulty.local("PUT", "/_local/scenarios/other?activate=1", 'quotas: { "Maximum data stores": 1 }');
  await create();
  expect(await failureOf(create())).toMatchObject({ message: expect.stringContaining("which is 1") });
  for (const name of ["other", "test"]) await faulty.local("POST", `/_local/scenarios/${name}/deactivate`);
  await create();
});
