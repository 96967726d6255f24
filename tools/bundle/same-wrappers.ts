/** The helpers by which esbuild evaluates a wrapped module: `__esm({"src/a.ts"() { ... }})`. */
const CALLS = ["fn[__getOwnPropNames(fn)[0]]", "cb[__getOwnPropNames(cb)[0]]"];
const WRAPPER = /(__(?:esm|commonJS)\(\s*\{\s*)("[^"]*"|[\w$]+)(\s*\()/g;

/**
 * Gives the functions of all wrapped modules one name, and keeps their paths as comments. With a name each, V8 makes a
 * hidden class for every module, and a list of its names to find the function by: a tenth of what a start allocates.
 * @throws Error if esbuild has written them in another form
 */
export function withSameWrappers(code: string): string {
  let called = code;
  for (const call of CALLS) {
    if (!called.includes(call)) throw new Error(`The build expects ${call} in a helper of esbuild`);
    called = called.replace(call, call.replace(/\[.*/, ".evaluate"));
  }
  let wrapped = 0;
  const renamed = called.replace(WRAPPER, (_, before: string, path: string, after: string) => {
    wrapped++;
    return `${before}evaluate/*${path}*/${after}`;
  });
  const expected = code.match(/__(?:esm|commonJS)\(/g)?.length ?? 0;
  if (wrapped !== expected)
    throw new Error(`The build expects ${expected} wrapped modules, found ${wrapped}`);
  return renamed;
}
