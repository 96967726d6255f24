/** A part of multipart/related, as RFC 2046 5.1 delimits it. */
export interface Part {
  /** In the form of the wire, without the last line end. */
  readonly head: string;
  readonly bytes: Buffer;
}

/** The parts of a complete body. @throws Error for one that is not well-formed */
export function readParts(contentType: string, body: Buffer): Part[] {
  const boundary = /;\s*boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`${contentType} has no boundary`);
  const delimiter = `\r\n--${boundary}`;
  const whole = Buffer.concat([Buffer.from("\r\n"), body]);
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    if (whole.indexOf(delimiter, at) !== at) throw new Error(`no delimiter at ${at}`);
    const afterDelimiter = at + delimiter.length;
    if (whole.subarray(afterDelimiter).toString("latin1") === "--\r\n") return parts;
    const headEnd = whole.indexOf("\r\n\r\n", afterDelimiter);
    const next = whole.indexOf(delimiter, headEnd);
    if (headEnd < 0 || next < 0) throw new Error("the body ends within a part");
    parts.push({
      head: whole.subarray(afterDelimiter + 2, headEnd).toString("latin1"),
      bytes: whole.subarray(headEnd + 4, next),
    });
    at = next;
  }
}
