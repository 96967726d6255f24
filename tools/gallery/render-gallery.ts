import { CALL_STORIES } from "./call-stories.ts";
import { DICOMWEB_STORIES } from "./dicomweb-stories.ts";
import { IMPORT_STORIES } from "./import-stories.ts";
import { RELEASE_STORIES } from "./release-stories.ts";
import { Stage } from "./stage.ts";
import { STATE_STORIES } from "./state-stories.ts";
import type { Story } from "./story.ts";

/** What a client does and sees, by the name of the preset. */
export const STORIES: Readonly<Record<string, Story>> = {
  ...IMPORT_STORIES,
  ...STATE_STORIES,
  ...RELEASE_STORIES,
  ...CALL_STORIES,
  ...DICOMWEB_STORIES,
};

/** Plays the story of a preset on an emulator of its own; what its client saw, as a block of a page. */
export async function playStory(name: string): Promise<string> {
  const story = STORIES[name];
  if (story === undefined) throw new Error(`the preset ${name} has no story`);
  await using stage = await Stage.open(name, name in RELEASE_STORIES ? "2026-06" : undefined);
  await story(stage);
  return `\`\`\`text\n${stage.lines.map((line) => line.trimEnd()).join("\n")}\n\`\`\``;
}
