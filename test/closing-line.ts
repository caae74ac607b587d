import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line, `tests: N passed, N failed[, N skipped]`, for machines that read only the last lines. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let inModule = 0;
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1;
        inModule += 1;
      }
      if (module.state() === 'failed' && inModule === 0) count.failed += 1;
    }
    const skipped = count.skipped + count.pending;
    console.log(`tests: ${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}
