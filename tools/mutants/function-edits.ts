import type { Vite } from "vitest/node";
import type { Edit } from "./edits.ts";

/** The written return types under which `return;` is right: void, undefined, and promises of them. */
const MAY_BE_UNDEFINED = /^:\s*(Promise<)?\s*(void|undefined|[^<>]*\|\s*(undefined|void))\s*>?$/;
const PROMISE = /^:\s*Promise</;

/** A function that returns before it does anything, where its written type allows for that. */
export function editsOfFunction(node: Vite.ESTree.Node, code: string): Edit[] {
  if (
    node.type !== "FunctionDeclaration" &&
    node.type !== "FunctionExpression" &&
    node.type !== "ArrowFunctionExpression"
  )
    return [];
  const { body, returnType } = node;
  if (!returnType || body?.type !== "BlockStatement" || body.body.length === 0) return [];
  const written = code.slice(returnType.start, returnType.end);
  if (!MAY_BE_UNDEFINED.test(written) || (PROMISE.test(written) && !node.async)) return [];
  return [{ operator: "return at once", start: body.start, end: body.start + 1, replacement: "{ return;" }];
}
