/** Whether a string is base64 with its padding (RFC 4648, 4): Node.js decodes any other as far as it goes. */
export const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
