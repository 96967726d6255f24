import { expect, test } from "vitest";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";

const OWNERS = {
  theirs: { account: "111122223333", region: "eu-west-1" },
  "more.dicom": { account: "444455556666", region: undefined },
};
const TEXT = "theirs=111122223333@eu-west-1, more.dicom=444455556666";

test.each([
  ["a flag", ["serve", "--bucket-owner", TEXT], {}],
  ["the environment", ["serve"], { HEALTHIMAGING_LOCAL_BUCKET_OWNER: TEXT }],
])("bucket owners are read from %s", (_, args, env) => {
  expect(readSettings(args, env, "/")).toMatchObject({ bucketOwners: OWNERS });
});
