import { fitted, invert, panBy, type ViewState, windowBy, zoomBy } from "./view-state.ts";
import type { GreyWindow } from "./grey-window.ts";

const STEP = 20;

/** What the keys of the image do, for its description. */
export const KEYS: readonly (readonly [keys: string, effect: string])[] = [
  ["Up, Down", "previous or next frame"],
  ["Page Up, Page Down", "10 frames back or on"],
  ["Home, End", "first or last frame"],
  ["+, -", "zoom"],
  ["Shift with an arrow", "move the image"],
  ["[, ]", "narrower or wider window"],
  ["<, >", "lower or higher window"],
  ["i", "invert"],
  ["0", "reset the view"],
];

const SCROLLS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
};

const PANS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
};

/** How many frames a key scrolls; undefined for other keys. */
export const scrollOf = ({ key, shiftKey }: KeyboardEvent): number | undefined =>
  shiftKey ? undefined : SCROLLS[key];

/** How a key changes the view; undefined for other keys. */
export function viewChangeOf(
  { key, shiftKey }: KeyboardEvent,
  { window: { width } }: ViewState,
  first: GreyWindow,
): ((view: ViewState) => ViewState) | undefined {
  const pan = shiftKey ? PANS[key] : undefined;
  if (pan !== undefined) return panBy(...pan);
  const step = Math.max(1, width / 20);
  switch (key) {
    case "+":
      return zoomBy(1.25);
    case "-":
      return zoomBy(1 / 1.25);
    case "[":
      return windowBy(-step, 0);
    case "]":
      return windowBy(step, 0);
    case "<":
      return windowBy(0, -step);
    case ">":
      return windowBy(0, step);
    case "i":
      return invert;
    case "0":
      return fitted(first);
    default:
      return undefined;
  }
}
