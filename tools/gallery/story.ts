import type { Stage } from "./stage.ts";

/** What a client does under a preset, and sees. */
export type Story = (stage: Stage) => Promise<void>;
