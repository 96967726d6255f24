import { createCtFiles } from "../ct-files.ts";
import { authorization, BUCKET, type Emulator, type ImageSetPlace } from "../emulator.ts";
import type { Asked } from "../load/load.ts";
import { createTinyFiles, patientId } from "../tiny-files.ts";
import { callSubject, type Kind } from "./calls.ts";

const SIDE = 256;
const headers = { authorization: authorization("medical-imaging") };

export async function importOne(emulator: Emulator): Promise<ImageSetPlace> {
  await emulator.fill("one", 1, createCtFiles(SIDE).file);
  await emulator.importAll("one");
  return emulator.firstImageSet();
}

const post = (path: string, body?: object): Asked => ({
  method: "POST",
  path,
  headers,
  ...(body && { body: JSON.stringify(body) }),
});

export const getImageSet = (emulator: Emulator, { imageSetId }: ImageSetPlace): Kind => ({
  name: "GetImageSet",
  requests: [post(emulator.path(`/imageSet/${imageSetId}/getImageSet`))],
});

export const getImageFrame = (emulator: Emulator, { imageSetId, imageFrameId }: ImageSetPlace): Kind => ({
  name: "GetImageFrame, 50 KB",
  requests: [post(emulator.path(`/imageSet/${imageSetId}/getImageFrame`), { imageFrameId })],
});

/** Nothing but the way through the emulator. */
export const trivial = callSubject(async (emulator) => [
  { name: "ListDatastores", requests: [{ method: "GET", path: "/datastore", headers }] },
  { name: "GetDatastore", requests: [{ method: "GET", path: emulator.path(), headers }] },
]);

export const imageSet = callSubject(async (emulator) => [getImageSet(emulator, await importOne(emulator))]);

export const frames = callSubject(async (emulator) => [getImageFrame(emulator, await importOne(emulator))]);

export const metadata = callSubject(async (emulator) => {
  const { imageSetId } = await importOne(emulator);
  const path = emulator.path(`/imageSet/${imageSetId}/getImageSetMetadata`);
  return [{ name: "GetImageSetMetadata", requests: [post(path)] }];
});

const SYNTAXES = { uncompressed: "1.2.840.10008.1.2.1", HTJ2K: "1.2.840.10008.1.2.4.202" };

/** Each is a whole file, made for the call. */
export const instance = callSubject(async (emulator) => {
  const path = emulator.path(`/${(await importOne(emulator)).instancePath}`);
  return Object.entries(SYNTAXES).map(([name, uid]) => {
    const accept = `application/dicom; transfer-syntax=${uid}`;
    const request: Asked = { method: "GET", path, headers: { ...headers, accept } };
    return { name: `GetDICOMInstance, ${name}`, requests: [request], calls: 1_000 };
  });
});

/** Twenty rules, none of which fires: half are for other data stores, half draw and lose. */
const RULES = Array.from({ length: 20 }, (_, index) => ({
  id: `r${index}`,
  match: { op: "Get*", ...(index % 2 === 0 ? { datastore: "name:other*" } : {}) },
  when: { probability: 1e-9 },
  effects: [{ error: { type: "InternalServerException" } }],
}));

/** Beside `image-set` and `frames`: what active rules cost. */
export const scenarios = callSubject(async (emulator) => {
  const place = await importOne(emulator);
  await emulator.json("PUT", "/_local/scenarios/bench", { rules: RULES });
  await emulator.json("POST", "/_local/scenarios/bench/activate");
  return [getImageSet(emulator, place), getImageFrame(emulator, place)].map((kind) => ({
    ...kind,
    name: `${kind.name}, 20 rules active`,
  }));
});

const IMAGE_SETS = 10_000;
/** Files of a job, of which AWS takes 5,000. */
const JOB = 2_500;

export const search = callSubject(async (emulator, { effort }) => {
  const count = effort.count(IMAGE_SETS, 100);
  const file = createTinyFiles();
  for (let from = 0; from < count; from += JOB) {
    await emulator.fill(`from-${from}`, Math.min(JOB, count - from), (index) => file(from + index));
    await emulator.importAll(`from-${from}`);
  }
  const searched = (name: string, body: object): Kind => ({
    name: `search of ${count}: ${name}`,
    requests: [post(emulator.path("/searchImageSets"), body)],
    calls: 2_000,
  });
  const oneOf = (values: object[], operator = "EQUAL") => ({ filters: [{ operator, values }] });
  return [
    searched("all", {}),
    searched("EQUAL DICOMPatientId", oneOf([{ DICOMPatientId: patientId(count >> 1) }])),
    searched("BETWEEN createdAt", oneOf([{ createdAt: 0 }, { createdAt: 4e9 }], "BETWEEN")),
  ];
});

const OBJECT_BYTES = 64 * 1024;
const KEYS = 32;

const s3Headers = { authorization: authorization("s3") };
const objectAt = (method: string, index: number, body?: Uint8Array): Asked => ({
  method,
  path: `/${BUCKET}/objects/${index}`,
  headers: s3Headers,
  ...(body && { body }),
});

/** Each in turn: two connections never write the same object at once. */
const objects = (method: string, body?: Uint8Array): readonly [Asked, ...Asked[]] => [
  objectAt(method, 0, body),
  ...Array.from({ length: KEYS - 1 }, (_, index) => objectAt(method, index + 1, body)),
];

export const s3 = callSubject(async (emulator) => {
  const body = Buffer.alloc(OBJECT_BYTES, "object");
  for (let index = 0; index < KEYS; index++) await emulator.s3("PUT", objectAt("PUT", index).path, body);
  return [
    { name: "PutObject, 64 KiB", requests: objects("PUT", body), calls: 2_000 },
    { name: "GetObject, 64 KiB", requests: objects("GET"), calls: 5_000 },
  ];
});
