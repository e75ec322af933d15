import { afterEach, expect, test } from 'vitest'
import { startTaskThreads, type TaskThreads } from './task-threads.ts'

/** Script that doubles, waits, throws or exits, as requested. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { answerTasks } from '${new URL('./task-threads.ts', import.meta.url).href}'
  import { Fault } from '${new URL('../fault.ts', import.meta.url).href}'
  answerTasks(async (task) => {
    if (task === 'end') process.exit(3)
    if (task === 'wait') await new Promise(() => setInterval(() => {}, 1000))
    if (task === 'fault') throw new Fault('turns-wrong', 'Turn 3 is wrong.')
    if (task === 'error') throw new TypeError('a secret word')
    return { answer: 2 * task, transfer: [] }
  })`)}`,
)

let threads: TaskThreads<number | string, number>
afterEach(async () => {
  await threads.stop()
})

const start = (limitMs = 30_000) =>
  (threads = startTaskThreads<number | string, number>({ script, name: 'doubling', threads: 2, limitMs }))

test('more tasks than threads are all answered', async () => {
  start()
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => threads.run(i)))
  expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i))
})

test('a fault arrives as it was thrown, and of any other error only its kind, because its text may come from a recording', async () => {
  start()
  await expect(threads.run('fault')).rejects.toMatchObject({ code: 'turns-wrong', message: 'Turn 3 is wrong.' })
  const error: unknown = await threads.run('error').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'thread-failed' })
  expect(String(error)).toContain('TypeError')
  expect(String(error)).not.toContain('secret')
})

test('a thread that exits fails only its task, and another takes the waiting ones', async () => {
  start()
  const ended = Promise.allSettled([threads.run('end'), threads.run('end')])
  expect(await Promise.all([threads.run(4), threads.run(5)])).toEqual([8, 10])
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('a task that takes too long is ended, and one that runs at the stop is rejected', async () => {
  start(300)
  await expect(threads.run('wait')).rejects.toMatchObject({ code: 'thread-too-slow' })
  start()
  const running = expect(threads.run('wait')).rejects.toMatchObject({ code: 'thread-failed' })
  await threads.stop()
  await running
  await expect(threads.run(1)).rejects.toMatchObject({ code: 'thread-failed' })
})
