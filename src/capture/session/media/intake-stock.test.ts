import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openIntakeStock, type IntakeSource } from './intake-stock.ts'

let folder = ''
let at = Temporal.Instant.from('2027-03-03T10:00:00Z')
let isAway = false
let dropped = new Set<string>()
const issued: string[] = []
const faults: unknown[] = []

/** A register that issues as many keys as requested. */
const source: IntakeSource = {
  wanted: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(640)),
  take: (max) =>
    Promise.resolve(
      Array.from({ length: max }, () => {
        const publicKeys = Array.from({ length: 64 }, () => `age1${randomUUID()}`)
        issued.push(...publicKeys)
        return { id: randomUUID(), publicKeys }
      }),
    ),
  inUse: (ids) =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve(new Set(ids.filter((id) => !dropped.has(id)))),
}
const open = () =>
  openIntakeStock({
    folder,
    source,
    now: () => at,
    onFault: (error) => faults.push(error),
    onLow: (left) => faults.push(left),
  })

async function takeAll(stock: Awaited<ReturnType<typeof open>>): Promise<string[]> {
  const keys: string[] = []
  while (stock.left > 0) {
    const key = stock.next()
    if (key !== undefined) keys.push(key)
    else await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return keys
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-stock-'))
  at = Temporal.Instant.from('2027-03-03T10:00:00Z')
  isAway = false
  dropped = new Set()
  issued.length = 0
  faults.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('each key is issued once, and the whole stock can be used while the register is unavailable', async () => {
  const stock = await open()
  expect(stock.left).toBe(640)
  isAway = true
  const keys = await takeAll(stock)
  expect(keys.toSorted()).toEqual(issued.toSorted())
  expect(stock.next()).toBeUndefined()
  await stock.refresh()
  // Reported once for the unavailable register, and once for the low stock.
  expect(faults).toEqual([expect.any(Error), 0])
  isAway = false
  await stock.refresh()
  expect(stock.left).toBe(640)
  await stock.stop()
})

test('a new node that waits for its first keys reports a low stock only if none come within its grace period', async () => {
  const opened = (graceMs: number) =>
    openIntakeStock({
      ...{ folder, source: { ...source, take: () => Promise.resolve([]) }, now: () => at, newNodeGraceMs: graceMs },
      onFault: (error) => faults.push(error),
      onLow: (left) => faults.push(left),
    })
  const waiting = await opened(60_000)
  await waiting.refresh()
  expect(faults).toEqual([])
  await waiting.stop()
  const without = await opened(0)
  await without.refresh()
  expect(faults).toEqual([0])
  await without.stop()
})

test('after a crash the next process gets no possibly used key, and after an orderly stop it gets all unused keys', async () => {
  const dead = await open()
  const used = Array.from({ length: 50 }, () => dead.next())
  isAway = true
  const next = await open()
  // Keys in the memory of the dead process are lost.
  expect(next.left).toBe(640 - 192)
  const some = Array.from({ length: 10 }, () => next.next())
  await next.stop()
  const last = await open()
  expect(last.left).toBe(640 - 192 - 10)
  const rest = await takeAll(last)
  expect(new Set([...used, ...some, ...rest]).size).toBe(50 + 10 + 640 - 192 - 10)
  await last.stop()
  expect(await readdir(folder)).toEqual([])
})

test('keys unknown to the register, as after a restore, are dropped, and an old stock is replaced', async () => {
  const stock = await open()
  const first = new Set(issued)
  dropped = new Set((await readdir(folder)).map((name) => name.replace('.json', '')))
  await stock.refresh()
  const afterwards = new Set(await takeAll(stock))
  expect([...afterwards].filter((key) => first.has(key)).length).toBeLessThanOrEqual(192)
  expect(afterwards.size).toBeGreaterThan(640 - 192)
  await stock.refresh()
  issued.length = 0
  at = at.add({ hours: 21 * 24 })
  await stock.refresh()
  expect(issued.length).toBe(640)
  at = at.add({ hours: 15 * 24 })
  await stock.refresh()
  expect(stock.left).toBe(640)
  await stock.stop()
})
