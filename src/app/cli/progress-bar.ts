import type { WriteStream } from "node:tty";

export interface ProgressBar {
  readonly show: (step: string, done: number, of: number) => void;
  readonly end: () => void;
}

const WIDTH = 30;

/** One line that is redrawn on a terminal; elsewhere one line for each completed step. */
export function createProgressBar(out: Pick<WriteStream, "write" | "isTTY">): ProgressBar {
  let isLineOpen = false;
  let lastLine = "";
  const show = (step: string, done: number, of: number): void => {
    const filled = of === 0 ? WIDTH : Math.round((done / of) * WIDTH);
    const line = `${step} ${"#".repeat(filled)}${".".repeat(WIDTH - filled)} ${done}/${of} files`;
    if (line === lastLine || (!out.isTTY && done < of)) return;
    lastLine = line;
    isLineOpen = out.isTTY && done < of;
    out.write(out.isTTY ? `\r${line}${isLineOpen ? "" : "\n"}` : `${line}\n`);
  };
  const end = (): void => {
    if (isLineOpen) out.write("\n");
    isLineOpen = false;
  };
  return { show, end };
}
