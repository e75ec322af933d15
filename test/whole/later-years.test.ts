/**
 * A new installation starts and records its test line, even years after the description that ships with Seloste was
 * written.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shiftClock, missingShiftedClock } from '../house/shift-clock.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually, signInAt } from './api.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const isRun = missingShiftedClock() === undefined
const leapDay = Temporal.Instant.from('2032-02-29T22:30:00Z')
const caller = '+358401243200'

let folder: string
let seloste: RunningSeloste

beforeAll(async () => {
  if (!isRun) return
  folder = await mkdtemp(join(tmpdir(), 'seloste-later-'))
  await chmod(folder, 0o755)
  const clock = shiftClock(folder)
  clock.shift(leapDay.since(Temporal.Now.instant()).total('seconds'))
  seloste = await startSeloste({ environment: clock.environment })
}, 200_000)
afterAll(async () => {
  if (!isRun) return
  await seloste.stop()
  await rm(folder, { recursive: true, force: true })
})

test.skipIf(!isRun)('a new installation in a later year starts, and records its test line', async () => {
  await placeCall({
    ...{ seed: caller, caller, number: '+35829497099', official: officialByKey('aino'), seconds: 1 },
    server: seloste.sip,
    transport: 'udp',
  })
  const security = await signInAt(seloste.url, 'tuula', seloste.password)
  const stored = await eventually(
    async () => {
      const [contact] = await security.contacts({ purpose: 'CRIME_OR_MISUSE', reference: 'later', caller })
      return contact?.segments[0]?.recording.state === 'available' ? contact : undefined
    },
    'the recording',
    30_000,
  )
  expect(stored.startedAt.slice(0, 10)).toBe('2032-02-29')
  // Two months after 1 March 00.30 in Helsinki is 1 May 00.30, which is 30 April in UTC.
  expect(stored.segments[0]?.recording.destroyAt?.slice(0, 10)).toBe('2032-04-30')
})
