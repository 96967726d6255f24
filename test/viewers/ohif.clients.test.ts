import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { chromium, type Browser, type BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "../../src/index.ts";
import { goldenChecksums, openRealCorpora, pathIn, type GoldenFile } from "../corpus/corpus.ts";
import { scaled } from "../setup/timeouts.ts";
import { difference, fromPlanes, greys, rgbOf } from "./expected-colours.ts";
import { findBrowser, startOhif, type OhifProcess } from "./ohif-command.ts";
import { OhifPage, type ShownImage } from "./ohif-page.ts";

const BROWSER = findBrowser();
const [corpus] = openRealCorpora();

const FILES = {
  ct: "native/ct1-unc.dcm",
  mr: "native/emri-small-10frames.dcm",
  ultrasound: "jpeg-baseline/us-ybr-422-30frames.dcm",
  echo: "native/us-echo-implicit-rgb-8frames.dcm",
  planes: "bigendian/us-rgb-planar1.dcm",
  slide: "native/sm-rgb-25frames.dcm",
  report: "nopixel/sr-empty-numbers.dcm",
} as const;
type Name = keyof typeof FILES;

/** WebGL in software, for machines without a GPU. */
const FLAGS = ["--no-sandbox", "--no-proxy-server", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/** Of a window and of a colour transformation in 8 bits. */
const MAX_ROUNDING = 1.5;

describe.skipIf(BROWSER === undefined || corpus === undefined)("OHIF", { timeout: scaled(180_000) }, () => {
  let folder: string;
  let emulator: EmulatorServer;
  let datastoreId: string;
  let ohif: OhifProcess;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-viewers-"));
    for (const path of Object.values(FILES)) {
      if (corpus !== undefined) await copyFile(pathIn(corpus, { path }), join(folder, basename(path)));
    }
    emulator = await startEmulator({ serviceRelease: "2026-06" });
    ({ datastoreId } = await emulator.control.importFolder(folder));
    ohif = await startOhif("--endpoint", emulator.url);
    browser = await chromium.launch({
      ...(BROWSER !== undefined && { executablePath: BROWSER }),
      args: FLAGS,
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  }, scaled(300_000));
  afterAll(async () => {
    await browser.close();
    await ohif[Symbol.asyncDispose]();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  const goldenOf = (name: Name): GoldenFile => {
    const found = corpus?.files.find(({ path }) => path === FILES[name]);
    if (found === undefined) throw new Error(`the corpus has no ${FILES[name]}`);
    return found;
  };

  const openStudy = (name: Name, source: "stored" | "uncompressed"): Promise<OhifPage> => {
    const { origin } = new URL(ohif.link);
    return OhifPage.open(
      context,
      `${origin}/viewer/${source}?StudyInstanceUIDs=${goldenOf(name).studyInstanceUID}`,
    );
  };

  /** OHIF draws an image more than once: while it loads, and where the page around it changes. */
  const expectPixels = (
    shown: OhifPage,
    index: number,
    expected: (image: ShownImage) => ArrayLike<number>,
  ): Promise<void> =>
    expect
      .poll(async () => shown.image(index).then((image) => difference(image.rgb, expected(image))), {
        timeout: scaled(60_000),
      })
      .toBeLessThanOrEqual(MAX_ROUNDING);

  function urlOf(name: Name): string {
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = goldenOf(name);
    const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
    return `${emulator.url}/datastore/${datastoreId}/${path}`;
  }

  /** A frame as independent decoders have it. */
  async function samplesOf(name: Name, number = 1): Promise<Uint8Array> {
    const { frames } = goldenOf(name);
    const headers = { accept: "application/octet-stream" };
    const answer = await fetch(`${urlOf(name)}/frames/${number}`, { headers });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const golden = frames[number - 1];
    expect(golden && goldenChecksums(golden)).toContain(crc32(bytes));
    return bytes;
  }

  test("lists the studies of the data store", async () => {
    await using shown = await OhifPage.open(context, ohif.link);
    await shown.text("1-7 of 7");
    for (const patient of ["CompressedSamples, CT1", "US Echo", "PLA", "Test, Patient"])
      await shown.text(patient);
    await shown.picture("studies");
    expect(shown.problems).toEqual([]);
  });

  test.each(["stored", "uncompressed"] as const)(
    "shows a CT whose pixels are those of the file after window and level, from frames %s",
    async (source) => {
      await using shown = await openStudy("ct", source);
      const samples = new Int16Array((await samplesOf("ct")).buffer);
      const [slope, intercept] = await rescaleOf("ct");
      const values = [...samples].map((value) => value * slope + intercept);
      await expectPixels(shown, 0, ({ voi }) => greys(values, voi));
      await shown.picture(`ct-${source}`);
      expect(shown.problems).toEqual([]);
    },
  );

  test("shows each frame of an MR of several frames", async () => {
    await using shown = await openStudy("mr", "stored");
    for (const number of [1, 10]) {
      const samples = new Uint16Array((await samplesOf("mr", number)).buffer);
      await expectPixels(shown, number - 1, ({ voi }) => greys(samples, voi));
    }
    await shown.picture("mr");
    expect(shown.problems).toEqual([]);
  });

  test("paints YBR_FULL_422 as RGB from stored frames, as on AWS", async () => {
    await using shown = await openStudy("ultrasound", "stored");
    const samples = await samplesOf("ultrasound");
    await expectPixels(shown, 0, () => samples);
    await shown.picture("ultrasound-stored");
    expect(shown.problems).toEqual([]);
  });

  test("paints YBR_FULL_422 in its colours from uncompressed frames", async () => {
    await using shown = await openStudy("ultrasound", "uncompressed");
    for (const number of [1, 30]) {
      const colours = rgbOf(await samplesOf("ultrasound", number));
      await expectPixels(shown, number - 1, () => colours);
    }
    await shown.picture("ultrasound-uncompressed");
    expect(shown.problems).toEqual([]);
  });

  test.each(["stored", "uncompressed"] as const)(
    "paints RGB of an echo in its colours, from frames %s",
    async (source) => {
      await using shown = await openStudy("echo", source);
      const samples = await samplesOf("echo", 8);
      await expectPixels(shown, 7, () => samples);
      await shown.picture(`echo-${source}`);
      expect(shown.problems).toEqual([]);
    },
  );

  test("takes RGB of a file in planes for planes, unless its frames are uncompressed", async () => {
    const samples = await samplesOf("planes");
    await using stored = await openStudy("planes", "stored");
    await expectPixels(stored, 0, () => fromPlanes(samples));
    await stored.picture("planes-stored");
    await using uncompressed = await openStudy("planes", "uncompressed");
    await expectPixels(uncompressed, 0, () => samples);
    await uncompressed.picture("planes-uncompressed");
    expect([...stored.problems, ...uncompressed.problems]).toEqual([]);
  });

  test("has a Cornerstone3D that loads files by wadouri: in their colours", async () => {
    await using shown = await openStudy("echo", "stored");
    const ultrasound = rgbOf(await samplesOf("ultrasound"));
    expect(difference(await shown.load(`wadouri:${urlOf("ultrasound")}`), ultrasound)).toBeLessThanOrEqual(
      MAX_ROUNDING,
    );
    expect(await shown.load(`wadouri:${urlOf("planes")}`)).toEqual(await samplesOf("planes"));
    expect(shown.problems).toEqual([]);
  });

  test("shows a thumbnail and all tiles of a whole-slide image", async () => {
    await using shown = await openStudy("slide", "stored");
    await shown.page.locator("[data-cy=study-browser-thumbnail] img").waitFor({ timeout: scaled(60_000) });
    await expect.poll(() => shown.frames.size, { timeout: scaled(60_000) }).toBe(25);
    await shown.picture("slide");
    expect(shown.problems).toEqual([]);
  });

  test("shows a report", async () => {
    await using shown = await openStudy("report", "stored");
    for (const text of ["Document Title", "Recording Observer's Name:", "Report Text:"])
      await shown.text(text);
    await shown.picture("report");
    expect(shown.problems).toEqual([]);
  });

  test("lists studies of an emulator of 2024-05 with --dicomweb", async () => {
    await using old = await startEmulator({ serviceRelease: "2024-05", dicomweb: true });
    await old.control.importFolder(folder);
    await using command = await startOhif(
      "--endpoint",
      old.url,
      "--study",
      String(goldenOf("ct").studyInstanceUID),
    );
    await using shown = await OhifPage.open(context, command.link);
    const { rgb } = await shown.image();
    expect(rgb.length).toBe(3 * 512 * 512);
    expect(shown.problems).toEqual([]);
  });

  /** RescaleSlope and RescaleIntercept. */
  async function rescaleOf(name: Name): Promise<[number, number]> {
    const headers = { accept: "application/dicom+json" };
    const answer = await fetch(`${urlOf(name)}/metadata`, { headers });
    const [instance] = (await answer.json()) as Record<string, { Value: number[] }>[];
    return [instance?.["00281053"]?.Value[0] ?? 1, instance?.["00281052"]?.Value[0] ?? 0];
  }
});
