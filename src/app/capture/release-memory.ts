import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (method: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Returns unused memory to the operating system, for example after loading the program or after a day's calls. Blocks for up to
 * 0.1 s.
 */
export function releaseMemory(): void {
  // A context created after setting the flag has the function `gc`, so that no start command has to pass --expose-gc.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  // The collection that V8 runs when memory runs out; it includes the young generation.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
