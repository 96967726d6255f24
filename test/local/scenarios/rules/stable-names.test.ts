import { expect, test } from "vitest";
import { StableNames } from "../../../../src/local/scenarios/rules/stable-names.ts";
import type { RuleEvent } from "../../../../src/local/scenarios/rule-event.ts";
import { MemoryState } from "../../../../src/storage/documents/memory-state.ts";
import { imageSet } from "../../../storage/documents.ts";
import { importFrames, openFaulty, type Faulty, type FrameAddress } from "../faulty.ts";

const HALF = "rules: [{ id: half, when: { probability: 0.5 }, effects: [{ unavailable: {} }] }]";

/** Which of some requests, each made as often, are answered with 503, in their own order. */
async function outages(faulty: Faulty, paths: readonly string[], order: readonly number[], key = "test") {
  await faulty.play(`seed: 7\n${HALF}`);
  const statuses = new Map<number, number[]>();
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20240501/us-east-1/medical-imaging/aws4_request, SignedHeaders=host, Signature=0`;
  for (const index of order) {
    const [path = "", body = ""] = (paths[index] ?? "").split(" ");
    const method = body === "" ? "GET" : "POST";
    const init = body === "" ? {} : { body };
    const { status } = await fetch(`${faulty.url}${path}`, { method, headers: { authorization }, ...init });
    statuses.set(index, [...(statuses.get(index) ?? []), status === 503 ? 503 : 200]);
  }
  return paths.map((_, index) => statuses.get(index));
}

const times = (count: number, ...indexes: number[]): number[] =>
  Array.from({ length: count }, () => indexes).flat();

test("a frame that image sets share has its own name in each, in any order of requests", () => {
  const state = new MemoryState();
  state.update(({ imageSets }) => {
    imageSets.put(imageSet("source", "store", { frameIds: ["shared"] }));
    imageSets.put(imageSet("copy", "store", { frameIds: ["other", "shared"] }));
  });
  const nameAll = (order: readonly string[]): string[] => {
    const names = new StableNames(state);
    const about = (imageSetId: string) => describeFrame(imageSetId, "shared");
    return order.map((id) => `${id}: ${names.of(about(id)).join(" ")}`).toSorted();
  };
  const [copy, source] = nameAll(["source", "copy"]);
  expect(nameAll(["copy", "source"])).toEqual([copy, source]);
  expect(copy?.replace("copy: ", "")).not.toBe(source?.replace("source: ", ""));
});

const describeFrame = (imageSetId: string, frameId: string): RuleEvent => ({
  kind: "call",
  account: "000000000000",
  region: "us-east-1",
  accessKeyId: "test",
  operation: "GetImageFrame",
  datastoreId: "store",
  imageSetId,
  frameId,
  jobId: undefined,
  jobName: undefined,
  file: undefined,
  attempt: 1,
  transition: undefined,
});

test("random decisions for an account's data stores depend neither on other accounts nor on requests for unknown resources", async () => {
  const key = "111122223333";
  const seen: unknown[] = [];
  for (const others of [0, 2]) {
    await using faulty = await openFaulty("socket");
    for (let index = 0; index < others; index++)
      await faulty.medicalImaging.createDatastore({ datastoreName: "a" });
    const stores: string[] = [];
    for (const datastoreName of others === 0 ? ["a", "b"] : ["b", "a"]) {
      const { datastoreId = "" } = await faulty.connect(key).createDatastore({ datastoreName });
      stores.push(`/datastore/${datastoreId}`);
    }
    if (others > 0) stores.reverse();
    seen.push(await outages(faulty, stores, times(12, 0, 1), key));
  }
  expect(seen[1]).toEqual(seen[0]);

  await using faulty = await openFaulty("socket");
  const [{ datastoreId, imageSetId }] = (await importFrames(faulty, 1)) as [FrameAddress];
  const right = [`/datastore/${datastoreId}/imageSet/${imageSetId}/getImageSet {}`];
  const wrong = `/datastore/${"0".repeat(32)}/imageSet/${imageSetId}/getImageSet {}`;
  const [expected] = await outages(faulty, right, times(12, 0));
  await using other = await openFaulty("socket");
  const [again] = (await importFrames(other, 1)) as [FrameAddress];
  const paths = [
    `/datastore/${again.datastoreId}/imageSet/${again.imageSetId}/getImageSet {}`,
    wrong.replace(imageSetId, again.imageSetId),
  ];
  expect((await outages(other, paths, [1, ...times(12, 0)]))[0]).toEqual(expected);
});
