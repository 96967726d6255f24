import { expect, test } from "vitest";
import { createEmulator } from "../../../src/index.ts";
import { bodyOf } from "./sample-inputs.ts";

const SEARCH = `/datastore/${"0".repeat(32)}/searchImageSets`;

async function post(path: string, body: string): Promise<{ status: number; text: string }> {
  await using emulator = await createEmulator();
  const request = { method: "POST", path, query: "", headers: {}, body: bodyOf(body) };
  const { status, body: answer } = await emulator.handle(request);
  if (typeof answer !== "string") throw new Error("the answer is not text");
  return { status, text: answer };
}

const manyFilters = (count: number): string => `{"filters":[${"{},".repeat(count)}{}]}`;

test("a body of very many values is refused before it is parsed", async () => {
  const { status, text } = await post(SEARCH, manyFilters(600_000));
  expect([status, JSON.parse(text)]).toEqual([
    400,
    { message: "The request body has more than 10000 values" },
  ]);
});

test("a body of very many levels is refused before it is parsed", async () => {
  const { status, text } = await post(SEARCH, `{"filters":${"[".repeat(900_000)}`);
  expect([status, JSON.parse(text)]).toEqual([
    400,
    { message: "The request body is more than 32 levels deep" },
  ]);
});

test("a list that is far too long is one violation more than those within its bound, in a short answer", async () => {
  const { status, text } = await post(SEARCH, manyFilters(4_000));
  expect(status).toBe(400);
  // Two filters, each without operator and values.
  expect(text).toMatch(/^\{"message":"5 validation errors detected: /);
  expect(text.length).toBeLessThan(4_096);
});

test("a body of /_local of very many levels is refused", async () => {
  const { status, text } = await post(
    "/_local/reset",
    `{"account":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
  );
  expect([status, JSON.parse(text)]).toMatchObject([
    400,
    { message: "The body is more than 32 levels deep" },
  ]);
});
