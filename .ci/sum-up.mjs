import { readFileSync } from "node:fs";

/**
 * Adds the reports of several runs of Vitest, as JSON, into one line. Exits with 1 where a test failed, or a
 * run did outside its tests: an error that nothing caught, a report that is not there.
 */
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  const { passed, failed, skipped } = count(path);
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;

function count(path) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = report;
    const failed = success ? numFailedTests : Math.max(1, numFailedTests);
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch (error) {
    console.error("no report of a run:", error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
