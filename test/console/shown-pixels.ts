import type { Page } from "playwright-core";

/** The red, green and blue of each pixel of a fitted frame, from the middle of its square on the canvas. */
export const shownPixels = (page: Page, columns: number, rows: number): Promise<number[][]> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector("canvas.frame");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const scale = Math.min(canvas.width / ${columns}, canvas.height / ${rows});
    const left = (canvas.width - ${columns} * scale) / 2;
    const top = (canvas.height - ${rows} * scale) / 2;
    return Array.from({ length: ${columns * rows} }, (_, index) => {
      const x = Math.floor(left + ((index % ${columns}) + 0.5) * scale);
      const y = Math.floor(top + (Math.floor(index / ${columns}) + 0.5) * scale);
      return [...data.subarray(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 3)];
    });
  })()`);
