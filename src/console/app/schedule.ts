/** The one place with timers: a page has no clock of the emulator's. @returns a function that stops it */
export function everyWhileVisible(milliseconds: number, task: () => void): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) task();
  }, milliseconds);
  return () => clearInterval(timer);
}
