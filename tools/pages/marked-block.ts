/**
 * A page with other content between `<!-- begin NAME: ... -->` and `<!-- end NAME -->`.
 * @throws Error where the page has no such marks
 */
export function fillBlock(page: string, name: string, content: string): string {
  const marks = new RegExp(`(^<!-- begin ${name}: .* -->\n)[^]*?(^<!-- end ${name} -->$)`, "m");
  if (!marks.test(page)) throw new Error(`the page has no marks for ${name}`);
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${content.trim()}\n\n${end}`);
}
