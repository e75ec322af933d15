import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
const program = `
  import { makeLog } from ${module('../../platform/log/log.ts')}
  import { logUncaughtErrors } from ${module('./log-uncaught-errors.ts')}
  logUncaughtErrors(makeLog({ name: 'desk', pretty: false }))
`

test.each([
  ['thrown', `setTimeout(() => { throw new Error('nobody caught this') })`],
  ['of a promise', `void Promise.reject(new Error('nobody caught this'))`],
])('an uncaught error %s is logged, and ends the process', (_how, failing) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `${program}\n${failing}\nsetTimeout(() => console.log('went on'), 2_000)`],
    { encoding: 'utf8' },
  )
  expect(status).toBe(1)
  expect(stderr).toBe('')
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(lines).toMatchObject([{ level: 'fatal', err: { message: 'nobody caught this' } }])
})
