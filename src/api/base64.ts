/**
 * Whether a string is padded base64 (RFC 4648, section 4). Node.js decodes any other string as far as it can.
 */
export const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
