// Starts a separate Seloste without simulated calls, with a telephone system that writes detail records into a folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { test as atTheDesk } from './at-the-desk.ts'

const startMs = 200_000
const feed = (folder: string) => `feeds:
  - name: keskus
    source: csv
    folder: ${folder}
    settleSeconds: 0
    fields: { callId: id, startedAt: start, answeredAt: answer, endedAt: end, caller: caller, called: called, official: official }
`

export const test = atTheDesk.extend<object, { seloste: RunningSeloste; cdrs: string }>({
  cdrs: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'seloste-cdrs-'))
      await use(folder)
      await rm(folder, { recursive: true })
    },
    { scope: 'worker' },
  ],
  seloste: [
    async ({ cdrs }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'seloste-feeds-'))
      const file = join(folder, 'feeds.yaml')
      await writeFile(file, feed(cdrs), { mode: 0o600 })
      const seloste = await startSeloste({ isPrepared: true, environment: { SELOSTE_FEEDS: file } })
      await use(seloste)
      await seloste.stop()
      await rm(folder, { recursive: true })
    },
    { scope: 'worker', timeout: startMs },
  ],
})
