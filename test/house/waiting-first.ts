import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './import-graph.ts'

/** Most of their time they wait: for calls that last, processes that start, ports that rest. */
const waiting = /^test\/(?:whole|faults|moving|upgrades|backup|conformance\/peers)\//

/**
 * Order of test files: those that wait come first, so that the others fill in for them; what is left at the end needs a processor, and
 * takes little. Where vitest knows how long each took it has them longest first, and this changes nothing.
 */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    if (sorted.every((file) => this.ctx.cache.getTestSpecificationResult(file))) return sorted
    const isWaiting = ({ moduleId }: TestSpecification) => waiting.test(relative(root, moduleId))
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))]
  }
}
