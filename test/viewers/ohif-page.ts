import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { scaled } from "../setup/timeouts.ts";

/** A folder for a picture of each page, for people who want to look. */
const { HEALTHIMAGING_LOCAL_TEST_SCREENSHOTS: SCREENSHOTS } = process.env;

/** What a page shows of an image. */
export interface ShownImage {
  readonly width: number;
  readonly height: number;
  /** RGB of the canvas at the middle of each pixel of the image. */
  readonly rgb: Uint8Array;
  /** Of the values after the modality transformation. */
  readonly voi: { readonly lower: number; readonly upper: number };
}

/** In the page: OHIF's first viewport, which Cornerstone3D draws. */
const VIEWPORT = "window.cornerstone?.getRenderingEngines()?.[0]?.getViewports()?.[0]";

/** The viewport exists, and its image is loaded and drawn. */
const IS_SHOWN = `${VIEWPORT}?.viewportStatus === "rendered" && ${VIEWPORT}.getImageData() !== undefined`;

/**
 * The canvas is larger than the image, so without interpolation the middle of each pixel of the image has that pixel's
 * colour.
 */
const readShown = (index: number): string => `(async () => {
  const viewport = ${VIEWPORT};
  await viewport.setImageIdIndex(${index});
  const rendered = new Promise((done) => viewport.element.addEventListener("CORNERSTONE_IMAGE_RENDERED", done, { once: true }));
  viewport.setProperties({ interpolationType: 0 });
  viewport.render();
  await rendered;
  const canvas = viewport.getCanvas();
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const { imageData, dimensions: [width, height] } = viewport.getImageData();
  const scale = canvas.width / canvas.clientWidth;
  let bytes = "";
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [x, y] = viewport.worldToCanvas(imageData.indexToWorld([column, row, 0]));
      const at = 4 * (Math.floor(y * scale) * canvas.width + Math.floor(x * scale));
      bytes += String.fromCharCode(data[at], data[at + 1], data[at + 2]);
    }
  return { width, height, rgb: btoa(bytes), voi: viewport.getProperties().voiRange };
})()`;

/** A page of OHIF, and all that went wrong in it. */
export class OhifPage implements AsyncDisposable {
  readonly page: Page;
  readonly problems: string[] = [];
  /** Of frames that were answered. */
  readonly frames = new Set<string>();

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.problems.push(`${response.status()} ${response.url()}`);
      else if (/\/frames\/\d+$/.test(response.url())) this.frames.add(response.url());
    });
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1")
        this.problems.push(`a request to ${hostname}`);
    });
  }

  static async open(browser: BrowserContext, url: string): Promise<OhifPage> {
    const opened = new OhifPage(await browser.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** The image at an index of the stack. */
  async image(index = 0): Promise<ShownImage> {
    const options = { timeout: scaled(60_000) };
    await this.page.waitForFunction(IS_SHOWN, undefined, options);
    const shown = await this.page.evaluate<ShownImage & { readonly rgb: string }>(readShown(index));
    return { ...shown, rgb: new Uint8Array(Buffer.from(shown.rgb, "base64")) };
  }

  /**
   * The samples of a file as Cornerstone3D loads it. OHIF has it send OHIF's `Accept`, that for frames; without OHIF it
   * sends that of any XMLHttpRequest.
   */
  async load(imageId: `wadouri:${string}`): Promise<Uint8Array> {
    await this.page.route(/\/instances\/[\d.]+$/, async (route) =>
      route.continue({ headers: { ...route.request().headers(), accept: "*/*" } }),
    );
    await this.page.waitForFunction(IS_SHOWN, undefined, { timeout: scaled(60_000) });
    const samples = await this.page.evaluate<number[]>(
      `window.cornerstone.imageLoader.loadImage(${JSON.stringify(imageId)}).then((image) => [...image.getPixelData()])`,
    );
    return new Uint8Array(samples);
  }

  /** Until the page has this text. */
  async text(text: string): Promise<void> {
    await this.page
      .getByText(text)
      .first()
      .waitFor({ timeout: scaled(60_000) });
  }

  async picture(name: string): Promise<void> {
    if (SCREENSHOTS !== undefined) await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.close();
  }
}
