import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './import-graph.ts'

/** Files of tests that mostly wait: for calls, for processes to start, for ports to become free. */
const waiting = /^test\/(?:whole|faults|moving|upgrades|backup|conformance\/peers)\//
/** Share of the other files among which they are spread: none starts near the end, when it would run alone. */
const spreadOver = 1 / 2

/**
 * Orders test files: those that mostly wait are spread among the others, the first of them first, so that some tests need a
 * processor at all times. All at once they would leave the processors idle. If vitest knows the files' durations it sorts by
 * these, and this class changes nothing.
 */
export class SpreadWaiting extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    if (sorted.every((file) => this.ctx.cache.getTestSpecificationResult(file))) return sorted
    const isWaiting = ({ moduleId }: TestSpecification) => waiting.test(relative(root, moduleId))
    const waits = sorted.filter(isWaiting)
    const others = sorted.filter((file) => !isWaiting(file))
    const every = Math.max(1, Math.floor((others.length * spreadOver) / waits.length))
    const spread = others.flatMap((file, at) => [...(at % every === 0 ? waits.splice(0, 1) : []), file])
    return [...spread, ...waits]
  }
}
