import type { Attributes, JsonValue } from "../../../domain/image-sets/metadata/metadata-document.ts";
import { lookUp } from "../../../imaging/dicom/dictionary/dictionary.ts";
import { writeDicomJson } from "../../../imaging/dicom/metadata/dicom-json.ts";
import type { AnswerField } from "./answer-fields.ts";
import { pathOfResult, readerOf, type SearchResult } from "./search-result.ts";
import { writeText, WRITERS, type WriteValue } from "./write-values.ts";

interface ResultWriterOptions {
  /** In ascending order of tags. */
  readonly fields: readonly AnswerField[];
  /** The URL of the data store, at which a client retrieves what it finds. */
  readonly root: string;
}

interface WritableField extends AnswerField {
  /** `"00100020":{"vr":"LO"` */
  readonly start: string;
  readonly writeValue: WriteValue;
  readonly read: (result: SearchResult) => JsonValue | undefined;
}

/** Elements that several results share, and between them the fields that each has for itself. */
type Template = readonly (string | WritableField)[];

/** What each result, or each instance of a series, has for itself. */
const OWN: ReadonlySet<string> = new Set(["SOPInstanceUID", "InstanceNumber", "RetrieveURL"]);

/**
 * Writes what the index has of results as objects of the DICOM JSON Model. What the instances of a series share is
 * written once for a page.
 */
export class ResultWriter {
  readonly #fields: readonly WritableField[];
  /** By the keys that instances share. */
  readonly #templates = new Map<Attributes, Template>();

  constructor({ fields, root }: ResultWriterOptions) {
    this.#fields = fields.map((field) => prepare(field, (result) => root + pathOfResult(result)));
  }

  write(result: SearchResult): string {
    const { instance } = result;
    let template = instance && this.#templates.get(instance.keys);
    if (template === undefined) {
      template = this.#createTemplate(result);
      if (instance !== undefined) this.#templates.set(instance.keys, template);
    }
    let text = "";
    for (const part of template) {
      const own = typeof part === "string" ? part : writeField(part, result);
      if (own !== undefined) text += text === "" ? own : `,${own}`;
    }
    return `{${text}}`;
  }

  /** The same as attributes of metadata, by keyword. */
  attributesOf(result: SearchResult): Attributes {
    const attributes: Record<string, JsonValue> = {};
    for (const field of this.#fields) {
      const value = field.read(result);
      if (value !== undefined) attributes[field.keyword] = value;
    }
    return attributes;
  }

  #createTemplate(result: SearchResult): Template {
    const template: (string | WritableField)[] = [];
    let shared: string[] = [];
    for (const field of this.#fields) {
      if (OWN.has(field.keyword)) {
        if (shared.length > 0) template.push(shared.join(","));
        template.push(field);
        shared = [];
      } else {
        const text = writeField(field, result);
        if (text !== undefined) shared.push(text);
      }
    }
    return shared.length > 0 ? [...template, shared.join(",")] : template;
  }
}

/** `"00100020":{"vr":"LO","Value":["P1"]}`; undefined if the result does not have it. */
function writeField(
  { start, read, writeValue, keyword }: WritableField,
  result: SearchResult,
): string | undefined {
  const value = read(result);
  if (value === undefined) return undefined;
  if (value === null || value === "") return `${start}}`;
  const text = writeValue(value);
  if (text !== undefined) return `${start},"Value":[${text}]}`;
  return writeDicomJson({ [keyword]: value }, { vrs: {} }).slice(1, -1);
}

function prepare(field: AnswerField, urlOf: (result: SearchResult) => string): WritableField {
  const { tag, keyword, level } = field;
  const vr = lookUp(tag)?.vr ?? "UN";
  const read = keyword === "RetrieveURL" ? urlOf : readerOf(level, keyword);
  return { ...field, start: `"${tag}":{"vr":"${vr}"`, writeValue: WRITERS.get(vr) ?? writeText, read };
}
