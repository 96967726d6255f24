import { tagOf } from "../../../imaging/dicom/dictionary/dictionary.ts";
import type { Attributes, InstanceDocument, MetadataDocument } from "./metadata-document.ts";
import type { MetadataAddition } from "./json-metadata.ts";

type SeriesDocument = MetadataDocument["Study"]["Series"][string];

/** A document with additions, and those of them that are in it. */
export interface EnhancedDocument<Addition> {
  readonly document: MetadataDocument;
  readonly added: ReadonlySet<Addition>;
}

/**
 * Adds elements to a document (facts: import-jobs#json-metadata): those of patient, study and series to its
 * levels, those of an instance to the one with its UID. An addition whose study, series or instance the document does not have is left out.
 * Assumed: json-metadata-wins. An existing element gets the added value, also an empty one. Of several
 * additions the last one counts.
 */
export function enhanceDocument<Addition extends MetadataAddition>(
  document: MetadataDocument,
  additions: readonly Addition[],
): EnhancedDocument<Addition> {
  const added = new Set(additions.filter((addition) => isConcerned(document, addition)));
  if (added.size === 0) return { document, added };
  const of = (level: "patient" | "study"): Attributes => joined([...added].map((each) => each[level]));
  const [patient, study] = [of("patient"), of("study")];
  const Series = Object.entries(document.Study.Series).map(([uid, series]) => {
    const ofSeries = [...added].filter((addition) => isIn(uid, series, addition));
    return [uid, enhanceSeries(series, ofSeries, { ...patient, ...study })] as const;
  });
  return {
    document: {
      ...document,
      Patient: { ...document.Patient, DICOM: withElements(document.Patient.DICOM, patient) },
      Study: {
        ...document.Study,
        DICOM: withElements(document.Study.DICOM, study),
        Series: Object.fromEntries(Series),
      },
    },
    added,
  };
}

/** Whether a document has the study, series and instance of an addition. */
export function isConcerned({ Study }: MetadataDocument, addition: MetadataAddition): boolean {
  const { studyInstanceUID = Study.DICOM["StudyInstanceUID"] } = addition;
  if (studyInstanceUID !== Study.DICOM["StudyInstanceUID"]) return false;
  return Object.entries(Study.Series).some(([uid, series]) => isIn(uid, series, addition));
}

const isIn = (
  uid: string,
  { Instances }: SeriesDocument,
  { seriesInstanceUID = uid, sopInstanceUID }: MetadataAddition,
): boolean =>
  seriesInstanceUID === uid && (sopInstanceUID === undefined || Object.hasOwn(Instances, sopInstanceUID));

/** @param above elements of patient and study that are added */
function enhanceSeries(
  series: SeriesDocument,
  additions: readonly MetadataAddition[],
  above: Attributes,
): SeriesDocument {
  const elements = joined(additions.map((addition) => addition.series));
  const headVrs = joined(additions.map((addition) => addition.headVrs));
  const head = Object.keys({ ...above, ...elements });
  const instances = new Map(
    Object.entries(series.Instances).map(([uid, instance]) => [uid, withVrs(instance, head, headVrs)]),
  );
  for (const { sopInstanceUID = "", instance, instanceVrs } of additions) {
    const found = instances.get(sopInstanceUID);
    if (found === undefined) continue;
    const DICOM = withElements(found.DICOM, instance);
    instances.set(sopInstanceUID, withVrs({ ...found, DICOM }, Object.keys(instance), instanceVrs));
  }
  return {
    ...series,
    DICOM: withElements(series.DICOM, elements),
    Instances: Object.fromEntries(instances),
  };
}

const joined = <Value>(all: readonly Readonly<Record<string, Value>>[]): Readonly<Record<string, Value>> =>
  Object.assign({}, ...all) as Readonly<Record<string, Value>>;

/** In ascending order of tags, as an import writes them. */
function withElements(current: Attributes, added: Attributes): Attributes {
  const elements = Object.entries({ ...current, ...added });
  const isNew = Object.keys(added).some((name) => !Object.hasOwn(current, name));
  const orderOf = ([name]: readonly [string, unknown]): string => tagOf(name) ?? name;
  return Object.fromEntries(
    isNew ? elements.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) : elements,
  );
}

/** @param names of the elements that get new values: those in their items get new VRs, too */
function withVrs(
  instance: InstanceDocument,
  names: readonly string[],
  vrs: Readonly<Record<string, string>>,
): InstanceDocument {
  const replaced = new Set(names.flatMap((name) => [name, tagOf(name) ?? name]));
  const isReplaced = (path: string): boolean => replaced.has(path.split(".", 1)[0] ?? path);
  const told = Object.entries(instance.DICOMVRs);
  const kept = told.filter(([path]) => !isReplaced(path));
  if (kept.length === told.length && Object.keys(vrs).length === 0) return instance;
  return { ...instance, DICOMVRs: { ...Object.fromEntries(kept), ...vrs } };
}
