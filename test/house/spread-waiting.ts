import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './import-graph.ts'

/** Files of tests that mostly wait: for calls, for processes to start, for ports to become free. */
const waiting = /^test\/(?:whole|faults|moving|upgrades|backup|conformance\/peers)\//

/**
 * Orders test files: those that mostly wait come first, so that the CPU-bound ones run meanwhile. If vitest knows the
 * files' durations it sorts by these, and this class changes nothing.
 */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    if (sorted.every((file) => this.ctx.cache.getTestSpecificationResult(file))) return sorted
    const isWaiting = ({ moduleId }: TestSpecification) => waiting.test(relative(root, moduleId))
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))]
  }
}
