import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewedFrame } from "../calls/image-set-metadata.ts";
import type { DecodedLevel } from "./frame-messages.ts";
import { paintFrame } from "./paint-frame.ts";
import { panBy, type ViewChange, type ViewState, windowBy, zoomBy } from "./view-state.ts";

export type Tool = "window" | "pan" | "zoom";

/** A place in the frame, in pixels of its full resolution. */
export interface PixelPlace {
  readonly column: number;
  readonly row: number;
}

interface FrameCanvasProps {
  readonly frame: ViewedFrame;
  readonly decoded: DecodedLevel | undefined;
  readonly view: ViewState;
  readonly tool: Tool;
  readonly label: string;
  readonly onChange: ViewChange;
  readonly onScroll: (frames: number) => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onPoint: (place: PixelPlace | undefined) => void;
}

interface Geometry {
  readonly left: number;
  readonly top: number;
  /** Pixels of the page for one of the frame. */
  readonly scale: number;
}

/** The picture. Dragging does what the tool says; the wheel scrolls, with Ctrl it zooms. */
export function FrameCanvas(props: FrameCanvasProps) {
  const { frame, decoded, view, tool, label, onChange, onScroll, onKey, onPoint } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const columns = Number(frame.attributes["Columns"] ?? decoded?.width ?? 1);
  const rows = Number(frame.attributes["Rows"] ?? decoded?.height ?? 1);
  const geometry = geometryOf(size, columns, rows, view);
  const picture = useMemo(
    () => decoded && toCanvas(paintFrame(frame, decoded, view)),
    [frame, decoded, view.window, view.isInverted],
  );
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, picture, geometry, columns, rows);
  });
  const follow = (event: PointerEvent): void => {
    const column = Math.floor((event.offsetX - geometry.left) / geometry.scale);
    const row = Math.floor((event.offsetY - geometry.top) / geometry.scale);
    onPoint(column >= 0 && row >= 0 && column < columns && row < rows ? { column, row } : undefined);
    if (event.buttons !== 0) onChange(dragged(tool, event, view));
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.ctrlKey) onChange(zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15));
    else onScroll(Math.sign(event.deltaY));
  };
  useEffect(() => {
    const element = canvas.current;
    // Preact's own listeners are passive for wheels in some browsers: the page would scroll.
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  });
  return (
    <canvas
      ref={canvas}
      class={`frame tool-${tool}`}
      tabIndex={0}
      role="application"
      aria-label={label}
      aria-describedby="viewer-keys"
      onKeyDown={onKey}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={follow}
      onPointerLeave={() => onPoint(undefined)}
    />
  );
}

function dragged(tool: Tool, { movementX, movementY }: PointerEvent, { window }: ViewState) {
  if (tool === "pan") return panBy(movementX, movementY);
  if (tool === "zoom") return zoomBy(1.01 ** -movementY);
  const step = Math.max(0.5, window.width / 400);
  return windowBy(movementX * step, movementY * step);
}

function geometryOf(
  { width, height }: { readonly width: number; readonly height: number },
  columns: number,
  rows: number,
  { zoom, panX, panY }: ViewState,
): Geometry {
  const scale = Math.max(0.001, Math.min(width / columns, height / rows)) * zoom;
  return { scale, left: (width - columns * scale) / 2 + panX, top: (height - rows * scale) / 2 + panY };
}

function toCanvas(image: ImageData): HTMLCanvasElement {
  const element = document.createElement("canvas");
  element.width = image.width;
  element.height = image.height;
  element.getContext("2d")?.putImageData(image, 0, 0);
  return element;
}

function draw(
  element: HTMLCanvasElement,
  picture: HTMLCanvasElement | undefined,
  { left, top, scale }: Geometry,
  columns: number,
  rows: number,
): void {
  const ratio = devicePixelRatio;
  const width = Math.round(element.clientWidth * ratio);
  const height = Math.round(element.clientHeight * ratio);
  if (element.width !== width) element.width = width;
  if (element.height !== height) element.height = height;
  const context = element.getContext("2d");
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, element.clientWidth, element.clientHeight);
  // Enlarged, a pixel is a square: nothing is invented between samples.
  context.imageSmoothingEnabled = scale < 1;
  if (picture !== undefined) context.drawImage(picture, left, top, columns * scale, rows * scale);
}

function useSize(canvas: { readonly current: HTMLCanvasElement | null }) {
  const [size, setSize] = useState({ width: 1, height: 1 });
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [canvas]);
  return size;
}
