import { showBytes } from "../calls/show-time.ts";
import type { ViewedFrame } from "../calls/image-set-metadata.ts";
import type { DecodedLevel } from "./frame-messages.ts";
import type { FrameProgress } from "./use-frame.ts";

interface LevelsProps {
  readonly frame: ViewedFrame;
  readonly progress: FrameProgress;
  readonly stopAt: number | undefined;
  readonly onStopAt: (level: number | undefined) => void;
}

/** The resolution levels of a frame: what has arrived, and whether each checksum is that of the metadata. */
export function Levels({ frame, progress, stopAt, onStopAt }: LevelsProps) {
  const { received, total, levelCount = 0, levels, isEnded, isWhole, problem, fault } = progress;
  const sizes = Array.from({ length: levelCount }, (_, level) => sizeOf(frame, levelCount - 1 - level));
  return (
    <section class="levels" aria-label="Resolution levels">
      <progress value={received} max={total ?? Math.max(1, received)} aria-label="Bytes received" />
      <p class="hint">
        {showBytes(received)}
        {total !== undefined && ` of ${showBytes(total)}`}
        {isEnded && !isWhole && problem === undefined && stopAt === undefined && ": the frame ends too early"}
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {fault !== undefined && <p class="hint">Changed by the scenario rule {fault}.</p>}
      <ol>
        {sizes.map((size, level) => (
          <li key={level}>
            <span class="size">{size}</span>
            <LevelState
              decoded={levels[level]}
              isEnded={isEnded}
              isStopped={stopAt !== undefined && level > stopAt}
            />
          </li>
        ))}
      </ol>
      <label>
        Stop at{" "}
        <select
          value={stopAt === undefined ? "" : String(stopAt)}
          onChange={({ currentTarget: { value } }) => onStopAt(value === "" ? undefined : Number(value))}
        >
          <option value="">full resolution</option>
          {sizes.slice(0, -1).map((size, level) => (
            <option key={level} value={String(level)}>
              {size}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

interface LevelStateProps {
  readonly decoded: DecodedLevel | undefined;
  readonly isEnded: boolean;
  readonly isStopped: boolean;
}

function LevelState({ decoded, isEnded, isStopped }: LevelStateProps) {
  if (isStopped) return <span class="hint">not read</span>;
  if (decoded === undefined)
    return isEnded ? <span class="badge bad">missing</span> : <span class="hint">...</span>;
  const { isVerified, byteLength } = decoded;
  return (
    <>
      <span class="hint number">{showBytes(byteLength)}</span>
      {isVerified === undefined && <span class="hint">not listed</span>}
      {isVerified === true && <span class="badge good">verified</span>}
      {isVerified === false && <span class="badge bad">checksum differs</span>}
    </>
  );
}

/** Of the full resolution, halved `reduction` times. */
function sizeOf({ attributes }: ViewedFrame, reduction: number): string {
  const side = (name: string): number => Math.ceil(Number(attributes[name] ?? 0) / 2 ** reduction);
  return `${side("Columns")} × ${side("Rows")}`;
}
