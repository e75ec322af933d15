import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeDeadRuns } from './run-folder.ts'

test('removes the files of killed runs, and keeps the files of a living run, a running database and other programs', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'leftovers-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  const ended = spawnSync(process.execPath, ['--version']).pid
  const setAge = (name: string, hours: number) => {
    const at = new Date(Date.now() - hours * 3_600_000)
    utimesSync(join(parent, name), at, at)
  }
  const make = (name: string, hoursAgo: number) => {
    mkdirSync(join(parent, name))
    writeFileSync(join(parent, name, 'file'), '')
    setAge(name, hoursAgo)
  }
  make(`seloste-tests-${ended}-abc`, 0)
  make(`seloste-tests-${process.pid}-abc`, 48)
  make('seloste-log-old', 25)
  make('seloste-log-new', 23)
  make('seloste-socket', 0)
  const database = createServer().listen(join(parent, 'seloste-socket', '.s.PGSQL.5432'))
  await once(database, 'listening')
  onTestFinished(() => void database.close())
  setAge('seloste-socket', 48)
  make('of-somebody-else', 48)

  expect(removeDeadRuns(parent).sort()).toEqual(['seloste-log-old', `seloste-tests-${ended}-abc`])
  expect(readdirSync(parent).sort()).toEqual([
    'of-somebody-else',
    'seloste-log-new',
    'seloste-socket',
    `seloste-tests-${process.pid}-abc`,
  ])
})
