import { XMLParser, XMLValidator } from "fast-xml-parser";
import { isRecord } from "../../../../api/json.ts";
import { S3Error } from "../../s3-error.ts";
import { excessOfXml } from "./xml-bounds.ts";

export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent };

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** An array repeats its element; undefined leaves it out; a name with `@` before it is an attribute. */
export const writeXml = (name: string, content: XmlContent, namespace = NAMESPACE): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n` +
  `<${name}${namespace && ` xmlns="${namespace}"`}>${write(content)}</${name}>`;

function write(content: XmlContent): string {
  if (content === undefined) return "";
  if (typeof content !== "object") return escape(String(content));
  return Object.entries(content)
    .map(([name, child]) => (name.startsWith("@") ? "" : writeElement(name, child)))
    .join("");
}

function writeElement(name: string, content: XmlContent): string {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map((one: XmlContent) => writeElement(name, one)).join("");
  return `<${name}${writeAttributes(content)}>${write(content)}</${name}>`;
}

function writeAttributes(content: XmlContent): string {
  if (typeof content !== "object") return "";
  return Object.entries(content)
    .map(([name, value]: [string, XmlContent]) =>
      name.startsWith("@") && typeof value === "string" ? ` ${name.slice(1)}="${escape(value)}"` : "",
    )
    .join("");
}

/**
 * Control characters become references, as S3 sends them: XML 1.0 cannot hold most of them, and
 * would turn a bare carriage return into a line feed.
 */
const escape = (text: string): string =>
  text.replace(
    /[<>&"\p{Cc}]/gu,
    (character) => ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );

const ESCAPES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };

export type XmlElement = Readonly<Record<string, unknown>>;

let parser: XMLParser | undefined;

/** The parser does not decode references: it drops those to control characters, which keys may contain. */
const createParser = (): XMLParser =>
  new XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    processEntities: false,
    removeNSPrefix: true,
    trimValues: false,
  });

/** @throws S3Error MalformedXML unless the text is one element of this name, within S3's bounds */
export function readXml(text: string, name: string): XmlElement {
  // No client of S3 sends a DOCTYPE or CDATA, so both are refused. `excessOfXml` supports neither.
  if (/<!(?!--)/.test(text)) throw malformed("it has a DOCTYPE or a CDATA section");
  const excess = excessOfXml(text);
  if (excess !== undefined) throw malformed(excess);
  const element = parse(text)[name];
  if (element === "") return {};
  if (!isElement(element)) throw malformed(`expected one <${name}>`);
  return element;
}

function parse(text: string): XmlElement {
  try {
    if (XMLValidator.validate(text) === true) {
      const parsed: unknown = (parser ??= createParser()).parse(text);
      if (isElement(parsed)) return parsed;
    }
  } catch (cause) {
    throw malformed("it cannot be parsed", cause);
  }
  throw malformed("it is not well-formed");
}

export function elementsOf(parent: XmlElement, name: string): XmlElement[] {
  const found = parent[name] ?? [];
  const elements: unknown[] = Array.isArray(found) ? found : [found];
  return elements.map((element) => {
    if (!isElement(element)) throw malformed(`<${name}> has no elements`);
    return element;
  });
}

export function textOf(parent: XmlElement, name: string): string | undefined {
  const text = parent[name];
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw malformed(`expected one <${name}> with text`);
  return text.replace(/&([^;]*);?/g, (_, reference: string) => resolve(reference));
}

/** The texts of an element that may be repeated. */
export function textsOf(parent: XmlElement, name: string): string[] {
  const found = parent[name] ?? [];
  const texts: unknown[] = Array.isArray(found) ? found : [found];
  return texts.map((text) => textOf({ [name]: text }, name) ?? "");
}

function resolve(reference: string): string {
  const named = REFERENCES.get(reference);
  if (named !== undefined) return named;
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(reference) ?? [];
  const codePoint = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
  throw malformed(`it refers to "&${reference};"`);
}

const REFERENCES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["apos", "'"],
  ["gt", ">"],
  ["lt", "<"],
  ["quot", '"'],
]);

export const malformed = (flaw: string, cause?: unknown): S3Error =>
  new S3Error(
    "MalformedXML",
    `The XML you provided was not well-formed or did not validate against our published schema: ${flaw}`,
    { cause },
  );

const isElement = (value: unknown): value is XmlElement => isRecord(value);
