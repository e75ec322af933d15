import { expect, test } from 'vitest'
import { ObjectFault } from '#platform/objects/faults.ts'
import { keepObjects } from './keep-objects.ts'

/** A store that has these faults one after another, and then none. */
function storeWith(...faults: ('object-store-away' | 'object-store-keeps')[]) {
  const left = [...faults]
  let looks = 0
  return {
    looks: () => looks,
    assertForgets: () => {
      looks++
      const code = left.shift()
      return code === undefined ? Promise.resolve() : Promise.reject(new ObjectFault(code, code))
    },
  }
}

function heard() {
  const lines: string[] = []
  return {
    lines,
    log: {
      info: () => void lines.push('right'),
      error: (about: unknown) => void lines.push(String((about as { err: Error }).err.message)),
    },
  }
}

test('a bucket that keeps what is destroyed stops the start', async () => {
  const { log } = heard()
  await expect(keepObjects({ objects: storeWith('object-store-keeps'), log })).rejects.toMatchObject({
    code: 'object-store-keeps',
  })
})

test('one that is away stops nothing: it is said once, and again when it is back', async () => {
  const { lines, log } = heard()
  const objects = storeWith('object-store-away', 'object-store-away', 'object-store-away')
  const kept = await keepObjects({ objects, log, awayMs: 5 })
  await expect.poll(() => lines).toEqual(['object-store-away', 'right'])
  kept.stop()
  expect(objects.looks()).toBe(4)
})

test('one that begins to keep what is destroyed is told of', async () => {
  const { lines, log } = heard()
  const objects = storeWith()
  const kept = await keepObjects({ objects, log, awayMs: 5, intervalMs: 5 })
  await expect.poll(() => objects.looks()).toBeGreaterThan(2)
  objects.assertForgets = storeWith('object-store-keeps').assertForgets
  await expect.poll(() => lines[0]).toBe('object-store-keeps')
  kept.stop()
})
