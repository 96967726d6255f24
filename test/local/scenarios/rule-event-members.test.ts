import { expect, test } from "vitest";
import { model, shapeOf } from "../../../src/api/model/model.ts";
import { BODY_SAYS } from "../../../src/local/scenarios/describe-rule-event.ts";

/** The members of an operation's body: of its payload where it has one. */
function bodyMembers(operation: string): string[] {
  const { input = "" } = model.operations.get(operation) ?? {};
  const { members = {}, payload } = shapeOf(model.shapes, input);
  if (payload !== undefined)
    return Object.keys(shapeOf(model.shapes, members[payload]?.shape ?? "").members ?? {});
  return Object.keys(members).filter((name) => members[name]?.location === undefined);
}

const operationsWith = (member: string): string[] =>
  [...model.operations.keys()].filter((operation) => bodyMembers(operation).includes(member));

test("rules know the frame and the job's name of every operation of the model whose body tells them", () => {
  const expected = ["imageFrameId", "jobName"].flatMap((member) =>
    operationsWith(member).map((operation) => [operation, member]),
  );
  expect(BODY_SAYS).toEqual(Object.fromEntries(expected));
});
