import { parseAst, type Vite } from "vitest/node";
import { editsOfFunction } from "./function-edits.ts";

type Node = Vite.ESTree.Node;

export type Operator =
  | "negate a condition"
  | "move or turn a comparison"
  | "exchange && and ||"
  | "exchange + and -"
  | "drop a call"
  | "return at once"
  | "change a number"
  | "empty a string"
  | "exchange true and false";

/** Replaces `code.slice(start, end)`. Offsets are UTF-16 code units, as of JavaScript strings. */
export interface Edit {
  readonly operator: Operator;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const CONDITIONAL = new Set(["IfStatement", "ConditionalExpression", "WhileStatement"]);
const LOGIC: Exchanges = { "&&": "||", "||": "&&" };
const COMPARISONS: Exchanges = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
};
const SUMS: Exchanges = { "+": "-", "-": "+", "+=": "-=", "-=": "+=" };
/** The value below a type: `value as T`. */
const TYPED = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"]);
const MODULES = new Set(["ImportDeclaration", "ExportAllDeclaration", "ImportExpression", "ImportAttribute"]);

/** Every edit of a TypeScript source that changes what it does; none in types, comments and imports. */
export function findEdits(code: string): Edit[] {
  const edits: Edit[] = [];
  visit(parseAst(code, { lang: "ts" }), (node) => edits.push(...editsOf(node, code)));
  return edits;
}

function visit(node: Node, see: (node: Node) => void): void {
  if (MODULES.has(node.type) || (node.type.startsWith("TS") && !TYPED.has(node.type))) return;
  see(node);
  for (const [key, value] of Object.entries(node)) {
    if (isName(node, key)) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, see);
  }
}

/**
 * Whether a node is only a name: of a property in `{ "name": value }`, of a module in `export ... from
 * "module"`.
 */
function isName(node: Node, key: string): boolean {
  if (key === "key") return "computed" in node && !node.computed;
  return key === "source" || key === "directive";
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

function editsOf(node: Node, code: string): Edit[] {
  if (CONDITIONAL.has(node.type) && "test" in node && isNode(node.test))
    return [around(node.test, "negate a condition", `!(${code.slice(node.test.start, node.test.end)})`)];
  if (node.type === "LogicalExpression") return exchange(node, code, "exchange && and ||", LOGIC);
  if (node.type === "BinaryExpression")
    return [...exchange(node, code, "move or turn a comparison", COMPARISONS), ...exchangeSum(node, code)];
  if (node.type === "AssignmentExpression") return exchangeSum(node, code);
  if (node.type === "ExpressionStatement")
    return isCall(node.expression) ? [around(node, "drop a call", ";")] : [];
  if (node.type === "Literal") return editsOfLiteral(node);
  return editsOfFunction(node, code);
}

interface Infix {
  readonly left: Node;
  readonly right: Node;
  readonly operator: string;
}

type Exchanges = Readonly<Record<string, string>>;

function exchange(node: Infix, code: string, operator: Operator, exchanges: Exchanges): Edit[] {
  const replacement = exchanges[node.operator];
  if (replacement === undefined) return [];
  const start = code.indexOf(node.operator, node.left.end);
  return [{ operator, start, end: start + node.operator.length, replacement }];
}

/** The sum of a string and a number would be NaN wherever it is looked at: too easy. */
const exchangeSum = (node: Infix, code: string): Edit[] =>
  isText(node.left) || isText(node.right) ? [] : exchange(node, code, "exchange + and -", SUMS);

function editsOfLiteral(node: Node & { readonly type: "Literal" }): Edit[] {
  const { value } = node;
  if (typeof value === "boolean") return [around(node, "exchange true and false", String(!value))];
  if (typeof value === "number") return [around(node, "change a number", String(value + 1))];
  if (typeof value !== "string") return [];
  return [around(node, "empty a string", value === "" ? '"mutated"' : '""')];
}

function around({ start, end }: Node, operator: Operator, replacement: string): Edit {
  return { operator, start, end, replacement };
}

const isText = ({ type, ...rest }: Node): boolean =>
  type === "TemplateLiteral" || (type === "Literal" && "value" in rest && typeof rest.value === "string");

function isCall(node: Node): boolean {
  if (node.type === "AwaitExpression") return isCall(node.argument);
  return node.type === "CallExpression" && node.callee.type !== "Super";
}
