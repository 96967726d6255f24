import type { Tool } from "./frame-canvas.tsx";
import type { WindowPreset } from "./grey-window.ts";
import { fitted, invert, type ViewChange, type ViewState, zoomBy } from "./view-state.ts";

const TOOLS: readonly (readonly [Tool, string])[] = [
  ["window", "Window"],
  ["pan", "Pan"],
  ["zoom", "Zoom"],
];

interface ViewControlsProps {
  readonly view: ViewState;
  readonly tool: Tool;
  readonly presets: readonly WindowPreset[];
  /** A window is of samples that are grey. */
  readonly isGrey: boolean;
  readonly onTool: (tool: Tool) => void;
  readonly onChange: ViewChange;
}

/** Everything that the mouse does on the image, with the keyboard. */
export function ViewControls({ view, tool, presets, isGrey, onTool, onChange }: ViewControlsProps) {
  const { window } = view;
  const chosen = presets.findIndex(({ center, width }) => center === window.center && width === window.width);
  const setWindow = (center: number, width: number): void =>
    onChange((before) => ({ ...before, window: { center, width: Math.max(1, width) } }));
  return (
    <div class="row" role="toolbar" aria-label="View">
      <span class="choice" role="group" aria-label="Dragging">
        {TOOLS.filter(([name]) => isGrey || name !== "window").map(([name, label]) => (
          <button key={name} type="button" aria-pressed={tool === name} onClick={() => onTool(name)}>
            {label}
          </button>
        ))}
      </span>
      {isGrey && (
        <>
          <label>
            Preset
            <select
              value={String(chosen)}
              onChange={({ currentTarget }) => {
                const preset = presets[Number(currentTarget.value)];
                if (preset !== undefined) setWindow(preset.center, preset.width);
              }}
            >
              <option value="-1">Custom</option>
              {presets.map(({ name }, index) => (
                <option key={name} value={String(index)}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <NumberField
            label="Center"
            value={window.center}
            onChange={(center) => setWindow(center, window.width)}
          />
          <NumberField
            label="Width"
            value={window.width}
            onChange={(width) => setWindow(window.center, width)}
          />
        </>
      )}
      <span class="choice" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom out" onClick={() => onChange(zoomBy(1 / 1.25))}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => onChange(zoomBy(1.25))}>
          +
        </button>
      </span>
      <button type="button" aria-pressed={view.isInverted} onClick={() => onChange(invert)}>
        Invert
      </button>
      <button type="button" onClick={() => onChange(fitted(presets[0] ?? window))}>
        Reset view
      </button>
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

const NumberField = ({ label, value, onChange }: NumberFieldProps) => (
  <label>
    {label}
    <input
      type="number"
      class="short"
      value={Math.round(value)}
      onChange={({ currentTarget }) => onChange(currentTarget.valueAsNumber || 0)}
    />
  </label>
);
