import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import released from "../fixtures/0.1.0/public/exports.json" with { type: "json" };

type Exports = Readonly<Record<string, readonly string[]>>;

/** The modules of the entries. Types are checked where the package is: test/package.system.test.ts. */
const MODULES = {
  ".": () => import("../../src/index.ts"),
  "./client": () => import("../../src/client.ts"),
  "./testcontainers": () => import("../../src/testcontainers.ts"),
  "./vitest": () => import("../../src/vitest.ts"),
};
/** Of the names, those of classes: the others with a capital are types. */
const CLASSES = new Set([
  "ControlClient",
  "ControlClientError",
  "HealthImagingContainer",
  "StartedHealthImagingContainer",
]);

const PACKAGE = resolve(import.meta.dirname, "../../package.json");

describe("the package", () => {
  test("has each entry of 0.1.0", () => {
    const { exports } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { exports: object };
    const entries = [...Object.keys(released), "./register", "./package.json"];
    expect(Object.keys(exports)).toEqual(expect.arrayContaining(entries));
    expect(Object.keys(released)).toEqual(Object.keys(MODULES));
  });

  test.each(Object.entries(MODULES))("exports from %s each value of 0.1.0", async (entry, load) => {
    const names = Object.keys(released[entry as keyof typeof MODULES]);
    const values = names.filter((name) => /^[a-z]/.test(name) || CLASSES.has(name));
    expect(values.length).toBeGreaterThan(0);
    expect(Object.keys(await load())).toEqual(expect.arrayContaining(values));
  });

  test("has a control client with each method of 0.1.0", async () => {
    const { ControlClient } = await MODULES["."]();
    const client = new ControlClient("http://127.0.0.1:1");
    const ofIndex: Exports = released["."];
    for (const [name, members] of Object.entries(ofIndex)) {
      const part = /^ControlClient(?:\["(\w+)"\])?$/.exec(name);
      if (part === null) continue;
      const object: unknown = part[1] === undefined ? client : Reflect.get(client, part[1]);
      for (const member of members)
        expect([name, member, Reflect.get(Object(object) as object, member)]).not.toContain(undefined);
    }
  });

  test("has a container with each method of 0.1.0", async () => {
    const module = await MODULES["./testcontainers"]();
    for (const [name, members] of Object.entries<readonly string[]>(released["./testcontainers"]))
      for (const member of members)
        expect(Reflect.has(module[name as keyof typeof module].prototype, member), `${name}.${member}`).toBe(
          true,
        );
  });
});
