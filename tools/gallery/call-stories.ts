import type { Frame, Stage } from "./stage.ts";
import type { Story } from "./story.ts";

const CALLS = 20;

async function readFrame(stage: Stage, frame: Frame): Promise<Uint8Array> {
  const { imageFrameBlob } = await stage.client.getImageFrame(frame);
  return (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
}

/** A frame as it is, and as the scenario sends it. */
async function compareFrame(stage: Stage): Promise<void> {
  const frame = await stage.frame();
  const whole = await readFrame(stage, frame);
  await stage.activate();
  const sent = await readFrame(stage, frame);
  const different = sent.filter((byte, index) => byte !== whole[index]).length;
  stage.say("GetImageFrame", `ok, ${sent.length} of ${whole.length} bytes, ${different} of them are wrong`);
}

export const CALL_STORIES: Readonly<Record<string, Story>> = {
  "throttle-frames": async (stage) => {
    const frame = await stage.frame();
    await stage.activate();
    await stage.call(() => stage.client.getImageFrame(frame), "GetImageFrame");
    await stage.call(() => stage.client.getImageFrame(frame), "GetImageFrame");
  },
  "flaky-5xx": async (stage) => {
    await stage.activate();
    const attempts: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const { $metadata } = await stage.client.listDatastores({});
      attempts.push($metadata.attempts ?? 0);
    }
    const counts = [1, 2, 3].map((count) => attempts.filter((each) => each === count).length);
    stage.say(
      "ListDatastores",
      `${CALLS} calls: ${counts[0]} ok at once, ${counts[1]} after 2 attempts, ${counts[2]} after 3`,
    );
  },
  "frame-truncated": compareFrame,
  "frame-corrupt": compareFrame,
  "slow-link": async (stage) => {
    const frame = await stage.frame();
    await stage.control.clock.freeze();
    await stage.activate();
    let received = 0;
    const reading = readFrame(stage, frame).then((bytes) => (received = bytes.length));
    await stage.control.clock.advance("500ms");
    stage.say("GetImageFrame", `half a second later: ${received === 0 ? "not yet" : "all of it"}`);
    const settled = stage.settled(reading);
    while (!settled.isOver) await stage.control.clock.advance("100ms");
    stage.say("GetImageFrame", `in the end: ${await reading} bytes`);
  },
  "region-outage": async (stage) => {
    await stage.activate();
    await stage.call(() => stage.client.listDatastores({}), "ListDatastores");
    await stage.control.clock.freeze();
    await stage.control.clock.advance("30s");
    stage.say("", "half a minute later");
    await stage.call(() => stage.client.listDatastores({}), "ListDatastores");
  },
};
