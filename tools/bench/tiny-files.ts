import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";

const ROOT = Buffer.from("2.25.291834617234511289");
/** Of the UIDs, which all begin with the root: the eight last digits of it are those of the index. */
const DIGITS = 8;
const STUDY_INSTANCE_UID = Buffer.from([0x20, 0, 0x0d, 0]);
const PATIENT_ID = Buffer.from([0x10, 0, 0x20, 0]);
const STUDY_DATE = Buffer.from([0x08, 0, 0x20, 0]);
const PIXEL_DATA = Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x57]);
/** The header of an element with a short length: tag, VR, length. */
const HEAD = 8;

/**
 * Files of less than a kilobyte, without pixel data, without end: each is an image set of its own. Four series a
 * study, two studies a patient.
 */
export function createTinyFiles(): (index: number) => Uint8Array {
  const [{ bytes: series } = { bytes: new Uint8Array() }] = createSampleSeries(1);
  const template = Buffer.from(series).subarray(0, Buffer.from(series).indexOf(PIXEL_DATA));
  const study = template.indexOf(STUDY_INSTANCE_UID) + HEAD;
  return (index) => {
    const file = Buffer.from(template);
    for (let at = file.indexOf(ROOT); at >= 0; at = file.indexOf(ROOT, at + 1))
      writeDigits(file, at + ROOT.length - DIGITS, at === study ? index >> 2 : index);
    file.write("P", file.indexOf(PATIENT_ID) + HEAD);
    writeDigits(file, file.indexOf(PATIENT_ID) + HEAD + 1, index >> 3);
    const day = new Date(Date.UTC(2024, 0, 1) - (((index >> 2) * 7_919) % 3_650) * 86_400_000);
    file.write(day.toISOString().slice(0, 10).replaceAll("-", ""), file.indexOf(STUDY_DATE) + HEAD);
    return file;
  };
}

export const patientId = (index: number): string => `P${String(index >> 3).padStart(DIGITS, "0")}`;

const writeDigits = (file: Buffer, at: number, value: number): void =>
  void file.write(String(value).padStart(DIGITS, "0"), at);
