/** One plain line at the end of a run, for people and machines that count: "12 passed, 0 failed". */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (results.numPendingTests + results.numTodoTests > 0) {
      process.stdout.write(`${results.numPendingTests + results.numTodoTests} skipped\n`);
    }
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`);
  }
}

module.exports = SummaryReporter;
