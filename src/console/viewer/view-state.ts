import type { GreyWindow } from "./grey-window.ts";

/** How a frame is looked at. */
export interface ViewState {
  readonly window: GreyWindow;
  readonly isInverted: boolean;
  /** 1 fits the frame into the canvas. */
  readonly zoom: number;
  /** In pixels of the page, from the middle. */
  readonly panX: number;
  readonly panY: number;
}

export type ViewChange = (change: (view: ViewState) => ViewState) => void;

export const zoomBy =
  (factor: number) =>
  (view: ViewState): ViewState => ({ ...view, zoom: Math.min(64, Math.max(0.1, view.zoom * factor)) });

export const panBy =
  (x: number, y: number) =>
  (view: ViewState): ViewState => ({ ...view, panX: view.panX + x, panY: view.panY + y });

/** A window is at least 1 wide (PS3.3 C.11.2.1.2.1). */
export const windowBy =
  (width: number, center: number) =>
  (view: ViewState): ViewState => ({
    ...view,
    window: { center: view.window.center + center, width: Math.max(1, view.window.width + width) },
  });

export const invert = (view: ViewState): ViewState => ({ ...view, isInverted: !view.isInverted });

export const fitted = (window: GreyWindow) => (): ViewState => ({
  window,
  isInverted: false,
  zoom: 1,
  panX: 0,
  panY: 0,
});
