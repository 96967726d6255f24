import type { Stage } from "./stage.ts";
import type { Story } from "./story.ts";

const STUDY = "2.25.291834617234511289.1";
const SERIES = `/studies/${STUDY}/series/${STUDY}.1`;
const FRAMES = `${SERIES}/instances/${STUDY}.1.1/frames/1`;
const STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

/** The parts of a body, each with its length without its header. */
function readParts(contentType: string, body: Buffer): number[] {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? "";
  const parts = body.toString("latin1").split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => part.slice(part.indexOf("\r\n\r\n") + 4, -2).length);
}

async function readFrames(stage: Stage, datastoreId: string): Promise<string> {
  const response = await stage.dicomweb(datastoreId, FRAMES, STORED);
  const body = Buffer.from(await response.arrayBuffer());
  if (!response.ok) return `status ${response.status}, ${response.headers.get("x-amzn-errortype")}`;
  const lengths = readParts(response.headers.get("content-type") ?? "", body);
  const parts = lengths.length === 1 ? "1 part" : `${lengths.length} parts`;
  return `status 200, ${[parts, ...lengths.map((length) => `${length} bytes`)].join(" of ")}`;
}

/** The frame of an instance as it is, and as the scenario sends it. */
async function compareFrames(stage: Stage): Promise<void> {
  const { datastoreId } = await stage.series();
  stage.say("before", await readFrames(stage, datastoreId));
  await stage.activate();
  stage.say("GetDICOMInstanceFrames", await readFrames(stage, datastoreId));
}

export const DICOMWEB_STORIES: Readonly<Record<string, Story>> = {
  "dicomweb-part-missing": compareFrames,
  "dicomweb-part-cut": compareFrames,
  "dicomweb-throttle": async (stage) => {
    const { datastoreId } = await stage.series();
    await stage.control.clock.freeze();
    await stage.activate();
    for (let call = 1; call <= 3; call++)
      stage.say("GetDICOMInstanceFrames", await readFrames(stage, datastoreId));
    await stage.control.clock.advance("1s");
    stage.say("", "a second later");
    stage.say("GetDICOMInstanceFrames", await readFrames(stage, datastoreId));
  },
  "dicomweb-metadata-late": async (stage) => {
    const { datastoreId } = await stage.series();
    await stage.control.clock.freeze();
    await stage.activate();
    const reading = stage.dicomweb(datastoreId, `${SERIES}/metadata`, "application/dicom+json");
    const settled = stage.settled(reading);
    await stage.control.clock.advance("1s");
    stage.say("GetDICOMSeriesMetadata", `a second later: ${settled.isOver ? "all of it" : "not yet"}`);
    while (!settled.isOver) await stage.control.clock.advance("1s");
    const response = await reading;
    const instances = (await response.json()) as unknown[];
    stage.say(
      "GetDICOMSeriesMetadata",
      `in the end: status ${response.status}, ${instances.length} instances`,
    );
  },
};
