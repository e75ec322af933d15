import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (method: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Returns unused memory to the system: left from loading the program, or a day's calls. Blocks for up to a tenth of a second.
 */
export function releaseMemory(): void {
  // A new context has the function of the flag, so that no unit, chart or command needs to set it.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  // As V8 collects when memory runs out: includes the young generation.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
