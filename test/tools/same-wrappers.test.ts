import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { withSameWrappers } from "../../tools/bundle/same-wrappers.ts";

const HELPERS = `var __esm=(fn,res)=>function(){return fn&&(res=(0,fn[__getOwnPropNames(fn)[0]])(fn=0)),res};
var __commonJS=(cb,mod)=>function(){return mod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports};
var __getOwnPropNames=Object.getOwnPropertyNames;`;
const MODULES = `var a,init_a=__esm({"src/a.ts"(){a=1}}),init_b=__esm({
"src/b.ts"(){a+=1}});var require_c=__commonJS({"node_modules/c/index.js"(exports){exports.c=1}});`;

test("wrapped modules are evaluated as before, by functions of one name, and keep their paths", () => {
  const code = withSameWrappers(HELPERS + MODULES);
  expect(code).not.toContain("__getOwnPropNames(");
  expect(code).toContain('"node_modules/c/index.js"');
  expect(runInNewContext(`${code} init_a(); init_b(); init_b(); [a, require_c().c].join()`)).toBe("2,1");
});

test.each([
  ["a helper of another form", MODULES, "expects fn[__getOwnPropNames(fn)[0]]"],
  ["a wrapped module of another form", `${HELPERS}${MODULES}var init_d=__esm(()=>{});`, "expects 4 wrapped"],
])("the build ends at %s", (_, code, message) => {
  expect(() => withSameWrappers(code)).toThrow(message);
});
