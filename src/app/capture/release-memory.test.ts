import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { releaseMemory } from './release-memory.ts'

test('what nothing refers to any more is given back, in a process that was started without a word of it', async () => {
  expect(globalThis.gc).toBeUndefined()
  const gone = new WeakRef(hugeList())
  // Within the turn in which it is made, a reference holds what it refers to.
  await setImmediate()
  releaseMemory()
  await setImmediate()
  expect(gone.deref()).toBeUndefined()
})

/** Referred to by nothing once it is returned. */
function hugeList(): object {
  return Array.from({ length: 100_000 }, (_, n) => ({ n }))
}
