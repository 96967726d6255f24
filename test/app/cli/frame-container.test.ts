import { expect, test } from "vitest";
import { readSettings } from "../../../src/app/cli/settings/settings.ts";
import { createEmulator } from "../../../src/index.ts";
import type { FrameContainer } from "../../../src/imaging/pixels/htj2k/frame-container.ts";

test("frames are JPH files unless a flag or a variable asks for another container", () => {
  expect(readSettings([], {}, "/")).toMatchObject({ frameContainer: "jph" });
  const variable = { HEALTHIMAGING_LOCAL_FRAME_CONTAINER: "codestream" };
  expect(readSettings([], variable, "/")).toMatchObject({ frameContainer: "codestream" });
  expect(readSettings(["--frame-container", "jph"], variable, "/")).toMatchObject({ frameContainer: "jph" });
});

test("an unknown frame container is refused with a list of the known ones", async () => {
  expect(() => readSettings(["--frame-container", "jp2"], {}, "/")).toThrow(
    "--frame-container expects one of jph, codestream, got 'jp2'",
  );
  // As from JavaScript, where no type stops it.
  const frameContainer = JSON.parse('"jp2"') as FrameContainer;
  await expect(createEmulator({ frameContainer })).rejects.toThrow(
    "frameContainer expects one of jph, codestream, got 'jp2'",
  );
});
