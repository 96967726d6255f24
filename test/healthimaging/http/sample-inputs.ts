import { model, shapeOf, type Operation } from "../../../src/api/model/model.ts";
import type { HttpRequest } from "../../../src/api/http.ts";

export type Value = string | number | boolean | Value[] | { [name: string]: Value };
export type Input = Record<string, Value>;

const ID = "0123456789abcdef0123456789abcdef";
const TEXTS: Readonly<Record<string, string>> = {
  Arn: `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${ID}`,
  AwsAccountId: "123456789012",
  DICOMStudyDate: "20240501",
  ImageSetExternalVersionId: "1",
  KmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  RoleArn: "arn:aws:iam::123456789012:role/import",
  S3Uri: "s3://bucket/folder/",
};

/** A value that a shape allows: its required members, and of a union the first. */
export function sample(shapeName: string): Value {
  const shape = shapeOf(model.shapes, shapeName);
  switch (shape.type) {
    case "structure": {
      const all = Object.entries(shape.members ?? {});
      const wanted = shape.union ? all.slice(0, 1) : all.filter(([name]) => shape.required?.includes(name));
      return Object.fromEntries(wanted.map(([name, member]) => [name, sample(member.shape)]));
    }
    case "list":
      return [sample(shape.member?.shape ?? "String")];
    case "map":
      return { key: "value" };
    case "integer":
      return shape.min ?? 1;
    case "boolean":
      return true;
    case "timestamp":
      return 1_714_500_000;
    case "blob":
      return "e30=";
    case "string":
      return shape.enum?.[0] ?? TEXTS[shapeName] ?? ID;
  }
}

export interface Case {
  readonly what: string;
  readonly input: Input;
  /** Of the message. */
  readonly expected: string;
}

/** Each way in which one member of an operation's input can break the model. */
export function violations(operation: Operation): Case[] {
  return visit(operation.input, "", (value) => value as Input, sample(operation.input) as Input);
}

type Build = (value: Value | undefined) => Input;

function visit(shapeName: string, path: string, build: Build, whole: Input): Case[] {
  const shape = shapeOf(model.shapes, shapeName);
  if (shape.type === "list") {
    const item = shape.member?.shape ?? "String";
    return [
      ...own(shapeName, path, build),
      ...visit(item, `${path}.1.member`, (v) => build([v ?? null] as Value), whole),
    ];
  }
  if (shape.type !== "structure") return own(shapeName, path, build);
  const base = (path === "" ? whole : sample(shapeName)) as Input;
  return Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const inside: Build = (value) => {
      const { [name]: _, ...rest } = shape.union ? {} : base;
      return build(value === undefined ? rest : { ...rest, [name]: value });
    };
    // A list in the query that is not there is an empty one.
    const isEmpty = member.location === "querystring" && shapeOf(model.shapes, member.shape).type === "list";
    const isMissing = shape.required?.includes(name) === true && member.location !== "uri" && !isEmpty;
    const missing = isMissing
      ? [
          {
            what: `${at} missing`,
            input: inside(undefined),
            expected: `'${at}' failed to satisfy constraint: Member must not be null`,
          },
        ]
      : [];
    return [...missing, ...visit(member.shape, at, inside, whole)];
  });
}

function own(shapeName: string, path: string, build: Build): Case[] {
  const { type, min, max, pattern, enum: values } = shapeOf(model.shapes, shapeName);
  const broken = (what: string, value: Value, constraint: string): Case => ({
    what: `${path} ${what}`,
    input: build(value),
    expected: `'${path}' failed to satisfy constraint: ${constraint}`,
  });
  const sized = (length: number): Value => {
    if (type === "list") return Array.from({ length }, () => "a");
    return type === "blob" ? Buffer.alloc(length, " ").toString("base64") : "1".repeat(length);
  };
  const cases: Case[] = [];
  if (type === "integer" && min !== undefined)
    cases.push(broken("too small", min - 1, "Member must have value greater"));
  if (type === "integer" && max !== undefined)
    cases.push(broken("too large", max + 1, "Member must have value less"));
  const hasLength = type === "string" || type === "list" || type === "blob";
  // The filters' own items are structures, made one by one elsewhere.
  const canSize = hasLength && !(type === "list" && shapeName.startsWith("Search"));
  if (hasLength && min !== undefined && min > 0)
    cases.push(broken("too short", sized(min - 1), "Member must have length greater"));
  if (canSize && max !== undefined)
    cases.push(broken("too long", sized(max + 1), "Member must have length less"));
  if (type === "string" && pattern !== undefined)
    cases.push(broken("of another pattern", "\u00e9 \u00e9", "Member must "));
  if (values !== undefined) cases.push(broken("of no known value", "NONSENSE", "Member must satisfy enum"));
  return cases;
}

/** As it goes on the wire; a label that is empty cannot be sent. */
export function toRequest(
  operation: Operation,
  input: Input,
): Omit<HttpRequest, "headers"> & { body: AsyncIterable<Uint8Array> } {
  const shape = shapeOf(model.shapes, operation.input);
  const query = new URLSearchParams();
  const body: Input = {};
  let path = operation.requestUri;
  for (const [name, { location, locationName = name }] of Object.entries(shape.members ?? {})) {
    const value = input[name];
    if (location === "uri") path = path.replace(`{${locationName}}`, encodeURIComponent(value as string));
    else if (value !== undefined && location === "querystring") {
      for (const item of Array.isArray(value) ? value : [value]) query.append(locationName, item as string);
    } else if (value !== undefined) body[name] = value;
  }
  const payload = shape.payload === undefined ? body : body[shape.payload];
  const hasBody = Object.values(shape.members ?? {}).some(({ location }) => location === undefined);
  return {
    method: operation.method,
    path,
    query: query.toString(),
    body: bodyOf(hasBody && payload !== undefined ? JSON.stringify(payload) : ""),
  };
}

export async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  if (text !== "") yield Buffer.from(text);
}
