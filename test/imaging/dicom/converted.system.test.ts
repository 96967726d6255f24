import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { describeInstance } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import {
  IMPLICIT_VR_LITTLE_ENDIAN,
  openRealCorpora,
  ownCorpus,
  pathIn,
  readFrom,
} from "../../corpus/corpus.ts";
import { isInstalled } from "../pixels/openjpeg.ts";
import { nativeFilesOf } from "./corpus.ts";

const isDcmtkThere = isInstalled("dcmconv", "dcmtk");

describe.skipIf(!isDcmtkThere).each([ownCorpus, ...openRealCorpora()])(
  "of the files of $name that dcmtk has converted,",
  (corpus) => {
    // Implicit VR tells no private VRs, which dcmtk then adds or takes away.
    const isExplicit = (file: { transferSyntaxUID: string | null }): boolean =>
      file.transferSyntaxUID !== IMPLICIT_VR_LITTLE_ENDIAN;

    test.each(nativeFilesOf(corpus).filter(isExplicit))("$path is read as the original", (file) => {
      const original = read(readFrom(corpus, file));
      for (const option of ["+tb", "+td"]) {
        expect(read(convert(pathIn(corpus, file), option)), option).toEqual(original);
      }
    });
  },
);

function convert(path: string, option: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "dicom-"));
  try {
    const output = join(folder, "out.dcm");
    execFileSync("dcmconv", [option, path, output], { stdio: "pipe" });
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: Uint8Array) {
  const part10 = parsePart10(file);
  const { instance, ...levels } = describeInstance(part10);
  const isMeta = (keyword: string) =>
    /^(FileMeta|MediaStorage|TransferSyntax|Implementation|SourceApplication)/.test(keyword);
  const DICOM = Object.fromEntries(Object.entries(instance.DICOM).filter(([keyword]) => !isMeta(keyword)));
  const pixelData = part10.dataSet.get("7FE00010")?.bytes ?? new Uint8Array(0);
  const evenPixelData = Buffer.concat([pixelData, Buffer.alloc(pixelData.length % 2)]);
  return { ...levels, DICOM, DICOMVRs: instance.DICOMVRs, pixelData: crc32(evenPixelData) };
}
