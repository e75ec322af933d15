import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { releaseMemory } from './release-memory.ts'

test('unreferenced memory is released, in a process started without the flag for it', async () => {
  expect(globalThis.gc).toBeUndefined()
  const reference = new WeakRef(hugeList())
  // A reference keeps its object alive during the turn in which it is made.
  await setImmediate()
  releaseMemory()
  await setImmediate()
  expect(reference.deref()).toBeUndefined()
})

/** Returns a list to which nothing else refers. */
function hugeList(): object {
  return Array.from({ length: 100_000 }, (_, n) => ({ n }))
}
