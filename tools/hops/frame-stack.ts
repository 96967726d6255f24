import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { FramePlace, ServedTree } from "./served-tree.ts";

/** A function on the stack: `src/app/gateway/gateway.ts:62 dispatch`. */
export type StackFrame = string;

/**
 * The functions of the tree's own that stand between the socket and the bytes of a frame that is in memory, the
 * innermost first: the stack, and what awaits it (V8's async stack), where the bytes are looked up by their blob key.
 */
export async function frameStack(folder: string, tree: ServedTree, frame: FramePlace): Promise<StackFrame[]> {
  for (let call = 0; call < 3; call++) await tree.getFrame(frame);
  const { stacks, stop } = recordLookUps(frame.imageFrameId);
  try {
    await tree.getFrame(frame);
  } finally {
    stop();
  }
  const own = stacks.map((stack) => ownFrames(stack, join(resolve(folder), "src")));
  const [deepest] = own.toSorted((one, other) => other.length - one.length);
  if (deepest === undefined) throw new Error("no look-up of the frame's blob key was seen");
  return deepest;
}

/** The blob key has the frame's ID in it; an image set's index of frames has the ID itself as key. */
function recordLookUps(imageFrameId: string): { stacks: string[]; stop: () => void } {
  const stacks: string[] = [];
  const prototype: object = Map.prototype;
  const get = Reflect.get(prototype, "get") as (key: unknown) => unknown;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  Reflect.set(prototype, "get", function (this: Map<unknown, unknown>, key: unknown): unknown {
    const isBlobKey = typeof key === "string" && key !== imageFrameId && key.includes(imageFrameId);
    if (isBlobKey) stacks.push(new Error("look-up").stack ?? "");
    return get.call(this, key);
  });
  const stop = (): void => {
    Reflect.set(prototype, "get", get);
    Error.stackTraceLimit = stackTraceLimit;
  };
  return { stacks, stop };
}

/** @param src the tree's folder of source */
function ownFrames(stack: string, src: string): StackFrame[] {
  return stack.split("\n").flatMap((line) => {
    const [, url = "", at = ""] = /(file:\/\/.*?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (url === "" || !fileURLToPath(url).startsWith(src)) return [];
    const [, name = "(anonymous)"] = /^\s+at (?:async )?(?:new )?(.*?) \(/.exec(line) ?? [];
    return [`${relative(join(src, ".."), fileURLToPath(url))}:${at} ${name}`];
  });
}
