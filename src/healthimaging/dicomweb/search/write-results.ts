import type { Attributes, JsonValue } from "../../../domain/image-sets/metadata/metadata-document.ts";
import { writeDicomJson } from "../../../imaging/dicom/metadata/dicom-json.ts";
import type { AnswerField } from "./answer-fields.ts";
import { pathOfResult, valueIn, type SearchResult } from "./search-result.ts";

interface ResultWriterOptions {
  /** In ascending order of tags. */
  readonly fields: readonly AnswerField[];
  /** The URL of the data store, at which a client retrieves what it finds. */
  readonly root: string;
}

/** The text of elements, by their place among the fields; undefined for those that the level does not have. */
type Texts = readonly (string | undefined)[];

/**
 * Writes what the index has of results. The text of what results share is written once for a page: a page of 1,000
 * instances takes some milliseconds.
 */
export class ResultWriter {
  readonly #fields: readonly AnswerField[];
  readonly #root: string;
  /** By study, series and shared keys of instances. */
  readonly #known = new Map<object, Texts>();

  constructor({ fields, root }: ResultWriterOptions) {
    this.#fields = fields;
    this.#root = root;
  }

  /** An object of the DICOM JSON Model. */
  write(result: SearchResult): string {
    const { study, series, instance } = result;
    const ofStudy = this.#textsOf(study, result, ({ level }) => level === "study");
    const ofSeries = series && this.#textsOf(series, result, ({ level }) => level === "series");
    const ofInstance = instance && this.#textsOf(instance.keys, result, isShared);
    const texts: string[] = [];
    for (const [index, field] of this.#fields.entries()) {
      const text =
        field.keyword === "RetrieveURL"
          ? writeText(field.tag, "UR", this.#urlOf(result))
          : (ofStudy[index] ?? ofSeries?.[index] ?? ofInstance?.[index] ?? writeOwn(field, result));
      if (text !== undefined) texts.push(text);
    }
    return `{${texts.join(",")}}`;
  }

  /** The same as attributes of metadata, by keyword. */
  attributesOf(result: SearchResult): Attributes {
    const attributes: Record<string, JsonValue> = {};
    for (const { keyword, level } of this.#fields) {
      const value = keyword === "RetrieveURL" ? this.#urlOf(result) : valueIn(result, level, keyword);
      if (value !== undefined) attributes[keyword] = value;
    }
    return attributes;
  }

  #urlOf(result: SearchResult): string {
    return this.#root + pathOfResult(result);
  }

  #textsOf(owner: object, result: SearchResult, isOwn: (field: AnswerField) => boolean): Texts {
    let texts = this.#known.get(owner);
    if (texts === undefined) {
      texts = this.#fields.map((field) => (isOwn(field) ? writeField(field, result) : undefined));
      this.#known.set(owner, texts);
    }
    return texts;
  }
}

/** What each instance has for itself. */
const OWN: ReadonlySet<string> = new Set(["SOPInstanceUID", "InstanceNumber"]);

const isShared = ({ keyword, level }: AnswerField): boolean => level === "instance" && !OWN.has(keyword);

function writeOwn(field: AnswerField, result: SearchResult): string | undefined {
  const { instance } = result;
  if (instance === undefined || !OWN.has(field.keyword)) return undefined;
  if (field.keyword === "SOPInstanceUID") return writeText(field.tag, "UI", instance.sopInstanceUID);
  return Number.isFinite(instance.instanceNumber)
    ? `"${field.tag}":{"vr":"IS","Value":[${instance.instanceNumber}]}`
    : writeField(field, result);
}

const writeText = (tag: string, vr: string, text: string): string =>
  `"${tag}":{"vr":"${vr}","Value":[${JSON.stringify(text)}]}`;

/** `"00100020":{"vr":"LO","Value":["ID"]}` */
function writeField({ keyword, level }: AnswerField, result: SearchResult): string | undefined {
  const value = valueIn(result, level, keyword);
  return value === undefined ? undefined : writeDicomJson({ [keyword]: value }, { vrs: {} }).slice(1, -1);
}
