import { open } from "node:fs/promises";
import type { ImportWarning } from "../api/import-warnings.ts";
import type { ValueLimits } from "../api/limits/value-limits.ts";
import { enhanceDocument, isConcerned } from "../domain/image-sets/metadata/enhance-document.ts";
import { readJsonMetadata, type MetadataAddition } from "../domain/image-sets/metadata/json-metadata.ts";
import type { MetadataDocument } from "../domain/image-sets/metadata/metadata-document.ts";
import { mappingsOf, type MetadataMapping } from "../domain/import-jobs/import-configuration.ts";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { ObjectStore, ObjectSummary } from "../domain/objects.ts";
import type { Ledger, ReachedImageSet } from "./job-report.ts";
import type { FileFailure } from "./protocol.ts";
import { unreadable, UNREADABLE } from "./store-file.ts";
import type { DocumentChange } from "./write-document.ts";

/** A file that was read. */
interface MetadataFile {
  /** The number of the file in the job. */
  readonly index: number;
  readonly dataSets: readonly MetadataAddition[];
  readonly warnings: readonly ImportWarning[];
}

/** A data set as its mapping narrows it. */
interface MappedAddition extends MetadataAddition {
  readonly file: MetadataFile;
  /** From 1. */
  readonly number: number;
}

interface MetadataFilesOptions {
  /** Of the input folder. */
  readonly prefix: string;
  readonly maxMetadataBytes: number;
  readonly valueLimits: ValueLimits;
}

/**
 * The files of a job's mappings, and what becomes of their elements (facts: import-jobs#json-metadata).
 * Assumed: json-metadata-report. A metadata file is a file of the job, but it is not imported as DICOM. It fails if it
 * cannot be read or if no element is merged. Data sets that are not merged beside others are a warning.
 */
export class MetadataFiles {
  readonly #mappings: readonly MetadataMapping[];
  readonly #keys: ReadonlySet<string>;
  readonly #options: MetadataFilesOptions;
  /** By key. */
  readonly #files = new Map<string, MetadataFile>();
  /** By image set. */
  readonly #added = new Map<string, ReadonlySet<MappedAddition>>();
  readonly #tooLarge = new Map<
    string,
    { readonly added: ReadonlySet<MappedAddition>; readonly bytes: number }
  >();
  #additions: readonly MappedAddition[] | undefined;
  #bytes = 0;

  constructor({ importConfiguration }: ImportJob, options: MetadataFilesOptions) {
    this.#mappings = mappingsOf(importConfiguration);
    this.#options = options;
    this.#keys = new Set(this.#mappings.map((mapping) => this.#keyOf(mapping)));
  }

  /** Whether a key is that of a metadata file. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The keys that the input folder does not have. */
  missingIn(files: readonly ObjectSummary[]): string[] {
    const existing = new Set(files.map(({ key }) => key));
    return [...this.#keys.difference(existing)];
  }

  /**
   * Reads one of the files.
   * Assumed: json-metadata-size. The files of a job have at most as many bytes together as the metadata of an
   * image set may have.
   * @returns why it fails
   */
  async read(
    objects: Pick<ObjectStore, "locate">,
    bucket: string,
    index: number,
    { key, byteLength, fault }: ObjectSummary,
  ): Promise<FileFailure | undefined> {
    const { maxMetadataBytes } = this.#options;
    if (fault !== undefined) return unreadable(fault).failure;
    this.#bytes += byteLength;
    if (this.#bytes > maxMetadataBytes)
      return invalid(`The metadata files have more than ${maxMetadataBytes} bytes together`);
    try {
      const bytes = await readObject(objects, bucket, key, maxMetadataBytes);
      if (bytes === undefined) return invalid(`The metadata file has more than ${maxMetadataBytes} bytes`);
      const read = await readJsonMetadata(bytes, this.#options.valueLimits);
      if ("problem" in read) return invalid(read.problem);
      this.#files.set(key, { index, ...read });
      return undefined;
    } catch {
      return UNREADABLE;
    }
  }

  /** What the elements change; undefined for none. Call this, and what follows, once all files have been read. */
  get change(): DocumentChange | undefined {
    return this.#all().length === 0 ? undefined : (document) => this.#enhance(document);
  }

  /** Whether elements may be for image sets of a series. */
  mayConcern(study: string | undefined, series: string | undefined): boolean {
    return this.#all().some(
      ({ studyInstanceUID, seriesInstanceUID = series }) =>
        studyInstanceUID === study && seriesInstanceUID === series,
    );
  }

  /** Whether elements are for the image set of a document. */
  concerns(document: MetadataDocument): boolean {
    return this.#all().some((addition) => isConcerned(document, addition));
  }

  /** Decides the outcome of the files. @param imageSets of the job, new ones and changed ones */
  report(ledger: Ledger, imageSets: readonly ReachedImageSet[]): void {
    for (const file of this.#files.values()) {
      const isOf = (addition: MappedAddition): boolean => addition.file === file;
      const reached = imageSets.filter(({ imageSetId }) => this.#addedTo(imageSetId).some(isOf));
      const merged = new Set(
        reached
          .flatMap(({ imageSetId }) => this.#addedTo(imageSetId).filter(isOf))
          .map(({ number }) => number),
      );
      if (merged.size === 0) ledger.fail(file.index, this.#whyNot(file));
      else ledger.enhance(file.index, reached, warningsOf(file, merged.size));
    }
  }

  /** As before `report`. */
  retract(ledger: Ledger): void {
    for (const { index } of this.#files.values()) ledger.retract(index);
  }

  /** The document with the elements that are for it, unless it would be too large. */
  #enhance(document: MetadataDocument): MetadataDocument {
    const { maxMetadataBytes } = this.#options;
    const { document: changed, added } = enhanceDocument(document, this.#all());
    const bytes = added.size === 0 ? 0 : Buffer.byteLength(JSON.stringify(changed));
    if (bytes > maxMetadataBytes) {
      this.#tooLarge.set(document.ImageSetID, { added, bytes });
      return document;
    }
    this.#added.set(document.ImageSetID, added);
    return changed;
  }

  #keyOf({ metadataFilePath }: MetadataMapping): string {
    return this.#options.prefix + metadataFilePath;
  }

  #addedTo(imageSetId: string): readonly MappedAddition[] {
    return [...(this.#added.get(imageSetId) ?? [])];
  }

  #whyNot(file: MetadataFile): FileFailure {
    for (const [imageSetId, { added, bytes }] of this.#tooLarge)
      if ([...added].some((addition) => addition.file === file))
        return invalid(
          `The metadata of image set ${imageSetId} would have ${bytes} bytes, at most ${this.#options.maxMetadataBytes} are allowed`,
        );
    for (const [imageSetId, added] of this.#added)
      if ([...added].some((addition) => addition.file === file))
        return {
          exceptionType: "InternalServerException",
          message: `The metadata were not merged into image set ${imageSetId}, whose import has failed`,
        };
    return invalid(
      "The metadata name no study, series or instance that is in their mapping and in the job or in a primary image set",
    );
  }

  /** In the order of the mappings. A data set that names another study or series than its mapping is left out. */
  #all(): readonly MappedAddition[] {
    return (this.#additions ??= this.#mappings.flatMap((mapping) => {
      const file = this.#files.get(this.#keyOf(mapping));
      return file === undefined ? [] : narrow(file, mapping);
    }));
  }
}

function narrow(file: MetadataFile, mapping: MetadataMapping): MappedAddition[] {
  return file.dataSets.flatMap((dataSet, position) => {
    const { studyInstanceUID = mapping.studyInstanceUID } = dataSet;
    const { seriesInstanceUID = mapping.seriesInstanceUID } = dataSet;
    const isOfSeries = seriesInstanceUID === (mapping.seriesInstanceUID ?? seriesInstanceUID);
    if (studyInstanceUID !== mapping.studyInstanceUID || !isOfSeries) return [];
    return [{ ...dataSet, studyInstanceUID, seriesInstanceUID, file, number: position + 1 }];
  });
}

/** Also those about values, as for DICOM files. */
function warningsOf({ warnings, dataSets }: MetadataFile, merged: number): readonly ImportWarning[] {
  const all = dataSets.length;
  if (merged === all) return warnings;
  const message = `The metadata were merged but ${all - merged} of their ${all} data sets name no study, series or instance that was found.`;
  return [...warnings, { type: "ElementsDiscarded", message }];
}

const invalid = (message: string): FileFailure => ({ exceptionType: "ValidationException", message });

/** For a key that the input folder does not have. */
export const missingMetadataFile = (): FileFailure =>
  invalid("The metadata file does not exist in the input folder");

/** Undefined if it is too large. */
async function readObject(
  objects: Pick<ObjectStore, "locate">,
  bucket: string,
  key: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const source = await objects.locate(bucket, key);
  const bytes = "bytes" in source ? source.bytes : await readFileUpTo(source.path, maxBytes);
  return bytes.length <= maxBytes ? bytes : undefined;
}

/** At most one byte more: the file may have grown since it was listed. */
async function readFileUpTo(path: string, maxBytes: number): Promise<Uint8Array> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  const bytes = Buffer.allocUnsafeSlow(Math.min(size, maxBytes + 1));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
