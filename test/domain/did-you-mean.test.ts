import { expect, test } from "vitest";
import { didYouMean } from "../../src/domain/did-you-mean.ts";

const ACTIONS = ["freeze", "advance", "set", "resume"];

test.each([
  ["advnace", ' Did you mean "advance"?'],
  ["Freeze", ' Did you mean "freeze"?'],
  ["sett", ' Did you mean "set"?'],
  ["stop", ""],
  ["", ""],
  ["x".repeat(10_000), ""],
])("%j is met with %j", (given, expected) => {
  expect(didYouMean(given, ACTIONS)).toBe(expected);
});
