import { useState } from "preact/hooks";

interface ConfirmButtonProps {
  readonly label: string;
  /** What happens then: "Deletes the data store and its image sets." */
  readonly warning: string;
  readonly isDisabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button that asks once more, in its own place. */
export function ConfirmButton({ label, warning, isDisabled = false, onConfirm }: ConfirmButtonProps) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <button type="button" disabled={isDisabled} onClick={() => setAsking(true)}>
        {label}
      </button>
    );
  const confirm = (): void => {
    setAsking(false);
    onConfirm();
  };
  return (
    <span
      class="confirm"
      role="group"
      aria-label={label}
      onKeyDown={({ key }) => key === "Escape" && setAsking(false)}
    >
      <span>{warning}</span>
      <button type="button" class="danger" onClick={confirm} autoFocus>
        {label}
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        Cancel
      </button>
    </span>
  );
}
