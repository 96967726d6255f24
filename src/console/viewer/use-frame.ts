import { useEffect, useRef, useState } from "preact/hooks";
import { CONSOLE_PATH } from "../../local/control/routes/console-path.ts";
import { callerHeaders } from "../calls/console-caller.ts";
import type { ViewedFrame } from "../calls/image-set-metadata.ts";
import type { DecodedLevel, FrameMessage, FrameRequest } from "./frame-messages.ts";

/** What is known of a frame while it arrives. */
export interface FrameProgress {
  readonly received: number;
  /** Undefined if the answer does not say it. */
  readonly total: number | undefined;
  /** Resolution levels of the codestream; undefined until its header has arrived. */
  readonly levelCount: number | undefined;
  /** From the smallest to the largest so far. */
  readonly levels: readonly DecodedLevel[];
  readonly isEnded: boolean;
  readonly isWhole: boolean;
  readonly problem: string | undefined;
  /** The scenario's rule that changed the answer. */
  readonly fault: string | undefined;
}

const NOTHING: FrameProgress = {
  received: 0,
  total: undefined,
  levelCount: undefined,
  levels: [],
  isEnded: false,
  isWhole: false,
  problem: undefined,
  fault: undefined,
};

interface FrameSource {
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly frame: ViewedFrame;
  /** The last level to read; undefined for all. */
  readonly stopAt: number | undefined;
}

/** Loads a frame in the worker; a change of the source ends the transfer. `reload` loads it again. */
export function useFrame({ datastoreId, imageSetId, frame, stopAt }: FrameSource): {
  readonly progress: FrameProgress;
  readonly reload: () => void;
} {
  const [progress, setProgress] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  const worker = useRef<Worker>(undefined);
  const request = useRef(0);
  useEffect(() => {
    const started = new Worker(`${CONSOLE_PATH}/frame-worker.js`);
    worker.current = started;
    started.addEventListener("message", ({ data }: MessageEvent<FrameMessage>) => {
      if (data.frame === request.current) setProgress((before) => advance(before, data));
    });
    started.addEventListener("error", ({ message }) =>
      setProgress((before) => ({ ...before, isEnded: true, problem: `The decoder failed: ${message}` })),
    );
    return () => started.terminate();
  }, []);
  useEffect(() => {
    setProgress(NOTHING);
    const asked: FrameRequest = {
      frame: ++request.current,
      path: `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageFrame`,
      headers: callerHeaders("medical-imaging"),
      body: JSON.stringify({ imageFrameId: frame.ID }),
      levels: frame.PixelDataChecksumFromBaseToFullResolution,
      stopAt,
    };
    worker.current?.postMessage(asked);
  }, [datastoreId, imageSetId, frame, stopAt, turn]);
  return { progress, reload: () => setTurn(turn + 1) };
}

function advance(before: FrameProgress, message: FrameMessage): FrameProgress {
  switch (message.kind) {
    case "received":
      return { ...before, received: message.received, total: message.total };
    case "levels":
      return { ...before, levelCount: message.count };
    case "decoded":
      return { ...before, levels: [...before.levels, message.decoded] };
    case "ended":
      return { ...before, isEnded: true, isWhole: message.isWhole, fault: message.fault };
    case "failed":
      return { ...before, isEnded: true, problem: message.message, fault: message.fault };
  }
}
