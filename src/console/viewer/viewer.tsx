import { useEffect, useState } from "preact/hooks";
import { textOfValue, type ViewedFrame } from "../calls/image-set-metadata.ts";
import { callerParameter } from "../calls/console-caller.ts";
import { FrameCanvas, type PixelPlace, type Tool } from "./frame-canvas.tsx";
import type { DecodedLevel } from "./frame-messages.ts";
import { presetsOf, type WindowPreset } from "./grey-window.ts";
import { Levels } from "./levels.tsx";
import { paintingOf } from "./paint-frame.ts";
import { PixelValue } from "./pixel-value.tsx";
import { useFrame } from "./use-frame.ts";
import { ViewControls } from "./view-controls.tsx";
import { KEYS, scrollOf, viewChangeOf } from "./viewer-keys.ts";
import { fitted, type ViewState } from "./view-state.ts";

interface ViewerProps {
  readonly datastoreId: string;
  readonly imageSetId: string;
  /** At least one. */
  readonly frames: readonly ViewedFrame[];
}

const WHOLE: WindowPreset = { name: "Whole range", center: 128, width: 256 };

/** The frames of an image set, decoded in the browser as they arrive. */
export function Viewer({ datastoreId, imageSetId, frames }: ViewerProps) {
  const [index, setIndex] = useState(0);
  const frame = frames[index] ?? frames[0];
  if (frame === undefined) return null;
  const scroll = (by: number): void =>
    setIndex((before) => Math.min(frames.length - 1, Math.max(0, before + by)));
  return (
    <section class="viewer" aria-label="Images">
      {frames.length > 1 && (
        <label class="frames">
          Frame {index + 1} of {frames.length}
          <input
            type="range"
            min={0}
            max={frames.length - 1}
            value={index}
            onInput={({ currentTarget }) => setIndex(currentTarget.valueAsNumber)}
          />
        </label>
      )}
      <FrameView
        key={`${frame.seriesInstanceUID} ${textOfValue(frame.attributes["Columns"])}`}
        {...{ datastoreId, imageSetId, frame, onScroll: scroll }}
        title={`Frame ${index + 1} of ${frames.length}`}
      />
    </section>
  );
}

interface FrameViewProps extends Omit<ViewerProps, "frames"> {
  readonly frame: ViewedFrame;
  readonly title: string;
  readonly onScroll: (by: number) => void;
}

/** One frame; the view stays the same while its series is scrolled. */
function FrameView({ datastoreId, imageSetId, frame, title, onScroll }: FrameViewProps) {
  const presets = presetsOf(frame);
  const first = presets[0] ?? WHOLE;
  const [view, setView] = useState<ViewState>(fitted(first));
  const isGrey = paintingOf(frame) === "grey";
  const [tool, setTool] = useState<Tool>(isGrey ? "window" : "pan");
  const [stopAt, setStopAt] = useState<number>();
  const [place, setPlace] = useState<PixelPlace>();
  const { progress, reload } = useFrame({ datastoreId, imageSetId, frame, stopAt });
  const decoded = useLatestPicture(progress.levels.at(-1), progress.isEnded);
  const onKey = (event: KeyboardEvent): void => {
    const scrolled = scrollOf(event);
    const change = viewChangeOf(event, view, first);
    if (scrolled === undefined && change === undefined) return;
    event.preventDefault();
    if (scrolled !== undefined) onScroll(scrolled);
    else if (change !== undefined) setView(change);
  };
  return (
    <>
      <ViewControls {...{ view, tool, presets, isGrey }} onTool={setTool} onChange={setView} />
      <div class="stage">
        <FrameCanvas
          {...{ frame, decoded, view, tool, onKey, onScroll }}
          label={`${title}, ${describe(frame)}`}
          onChange={setView}
          onPoint={setPlace}
        />
        <div class="side">
          <Levels {...{ frame, progress, stopAt }} onStopAt={setStopAt} />
          <button type="button" onClick={reload}>
            Load again
          </button>
          <dl class="facts">
            <dt>Image</dt>
            <dd>{describe(frame)}</dd>
            <dt>Decoded in</dt>
            <dd>{decoded === undefined ? "-" : `${decoded.decodeMs.toFixed(1)} ms`}</dd>
            <dt>Instance</dt>
            <dd>
              <a href={instancePath(datastoreId, imageSetId, frame)} download={`${frame.sopInstanceUID}.dcm`}>
                Save as DICOM
              </a>
            </dd>
          </dl>
        </div>
      </div>
      <p class="pixel">
        <PixelValue {...{ frame, decoded, place }} />
      </p>
      <details>
        <summary>Keys of the image</summary>
        <dl class="facts" id="viewer-keys">
          {KEYS.map(([keys, effect]) => [<dt key={keys}>{keys}</dt>, <dd key={effect}>{effect}</dd>])}
        </dl>
      </details>
    </>
  );
}

/** The picture of before stays until a new one is there; it goes if the new frame has none. */
function useLatestPicture(latest: DecodedLevel | undefined, isEnded: boolean): DecodedLevel | undefined {
  const [shown, setShown] = useState<DecodedLevel>();
  useEffect(() => {
    if (latest !== undefined || isEnded) setShown(latest);
  }, [latest, isEnded]);
  return latest ?? shown;
}

function describe({ attributes }: ViewedFrame): string {
  const [modality, interpretation, bits] = ["Modality", "PhotometricInterpretation", "BitsStored"].map(
    (name) => textOfValue(attributes[name]),
  );
  return [modality, interpretation, `${bits} bits`].filter((value) => value !== "").join(", ");
}

function instancePath(datastoreId: string, imageSetId: string, frame: ViewedFrame): string {
  const study = textOfValue(frame.attributes["StudyInstanceUID"]);
  const { seriesInstanceUID, sopInstanceUID } = frame;
  return `/datastore/${datastoreId}/studies/${study}/series/${seriesInstanceUID}/instances/${sopInstanceUID}?imageSetId=${imageSetId}&${callerParameter("medical-imaging")}`;
}
