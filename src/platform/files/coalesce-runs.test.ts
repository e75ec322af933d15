import { expect, test } from 'vitest'
import { coalesceRuns } from './coalesce-runs.ts'

test('a request before a run starts shares that run, and a request during a run gets the next run', async () => {
  const releases: (() => void)[] = []
  const shared = coalesceRuns(() => new Promise((resolve) => releases.push(resolve)))
  const done: string[] = []
  const runFor = (who: string) => void shared().then(() => done.push(who))
  runFor('first')
  runFor('with the first')
  await Promise.resolve()
  await expect.poll(() => releases.length).toBe(1)
  runFor('second')
  runFor('with the second')
  releases[0]!()
  await expect.poll(() => releases.length).toBe(2)
  expect(done).toEqual(['first', 'with the first'])
  releases[1]!()
  await expect.poll(() => done).toEqual(['first', 'with the first', 'second', 'with the second'])
})

test('a failed run rejects the requests that share it, and no later request', async () => {
  let fails = true
  const shared = coalesceRuns(() => (fails ? Promise.reject(new Error('no')) : Promise.resolve()))
  await expect(Promise.allSettled([shared(), shared()])).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ])
  fails = false
  await shared()
})
