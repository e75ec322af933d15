import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './import-graph.ts'

/** Most of their time they wait: for calls that last, processes that start, ports that rest. */
const waiting = /^test\/(?:whole|faults|moving|upgrades|backup|conformance\/peers)\//

/**
 * Orders test files: those that wait come first, so that the others fill in for them; the CPU-bound rest is short. If vitest
 * knows their durations it sorts by them, and this changes nothing.
 */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    if (sorted.every((file) => this.ctx.cache.getTestSpecificationResult(file))) return sorted
    const isWaiting = ({ moduleId }: TestSpecification) => waiting.test(relative(root, moduleId))
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))]
  }
}
