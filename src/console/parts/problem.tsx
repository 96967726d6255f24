import { CallError } from "../calls/call-error.ts";

/** Why something failed: what the emulator said, with its hint and the scenario that did it. */
export function ProblemNote({ of }: { readonly of: unknown }) {
  if (of === undefined) return null;
  const { code, status, hint, fault }: Partial<CallError> = of instanceof CallError ? of : {};
  return (
    <div class="problem" role="alert">
      {(code ?? status) !== undefined && (
        <strong>
          {code ?? "HTTP"} {status}{" "}
        </strong>
      )}
      {of instanceof Error ? of.message : "It failed for an unknown reason."}
      {hint !== undefined && <p class="hint">{hint}</p>}
      {fault !== undefined && <p class="hint">Caused by the scenario rule {fault}.</p>}
    </div>
  );
}
