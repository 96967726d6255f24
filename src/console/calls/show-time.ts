/** `2026-01-15 02:00:00`, in UTC. */
export const showTime = (time: string | number | null | undefined): string => {
  if (time === null || time === undefined) return "-";
  const date = new Date(typeof time === "number" ? time * 1_000 : time);
  return date.toISOString().slice(0, 19).replace("T", " ");
};

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** Such as `12.3 KB`, of 1,000 bytes. */
export function showBytes(byteLength: number): string {
  let value = byteLength;
  let unit = 0;
  for (; value >= 1_000 && unit < UNITS.length - 1; unit++) value /= 1_000;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
