/** SIPp as the recording client, over UDP and TCP: SIP, SDP and the first stream's RTP by an independent program. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alawToLinear } from '#test/simulator/g711.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { eventually, signInAt, type Api } from '../../whole/api.ts'
import { findSound } from '../../whole/compare-sound.ts'
import { startSeloste, type RunningSeloste } from '../../whole/start-seloste.ts'
import { playRequestedStreams } from './play-stream.ts'
import { runSipp, sippMissing } from './run-sipp.ts'
import { sweep } from './sweep.ts'

const scenario = join(import.meta.dirname, '../../../docs/operate/examples/sipp-siprec.xml')
const caller = '+358401234567'
const aino = officialByKey('aino')
const soundMs = 4_000
/** Talk time of the scenario; the sound starts a moment after the scenario. */
const talkMs = 5_500

describe.skipIf(sippMissing !== '')(`SIPp records a call${sippMissing}`, () => {
  let seloste: RunningSeloste
  let folder: string
  let player: { stop(): void }
  const voices = { caller: sweep(300, 800, soundMs), official: sweep(900, 1600, soundMs) }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sipp-'))
    for (const [track, voice] of Object.entries(voices)) await writeFile(join(folder, `${track}.al`), voice)
    player = playRequestedStreams(folder)
    seloste = await startSeloste({ isPrepared: true })
  }, 200_000)
  afterAll(async () => {
    player?.stop()
    await seloste?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each(['udp', 'tcp'] as const)(
    'over %s: the official and the expert find the call, and its samples are complete, caller left and official right',
    { timeout: 120_000 },
    async (transport) => {
      const from = new Date().toISOString()
      await recordCall(seloste, folder, transport)
      for (const userId of ['aino', 'eero']) {
        const person = await signInAt(seloste.url, userId, seloste.password)
        const contact = await findCall(person, from)
        expect(contact).toMatchObject({
          number: numbersCalled.testLine,
          caller: { kind: 'e164', number: '+358 40 *** **67' },
          segments: [
            {
              official: { name: aino.name, phone: aino.phone },
              decision: { record: true, reason: 'drawn' },
              marks: [],
              lostPackets: 0,
              recording: { state: 'available' },
            },
          ],
        })
        const received = await person.listen(contact.segments[0]?.recording.id ?? '', 'QUALITY')
        for (const user of ['caller', 'official'] as const) {
          const sent = alawToLinear(voices[user])
          const found = findSound(sent, received[user])
          expect(found, `${userId} hears the ${user}`).toMatchObject({ compared: sent.length, different: 0 })
          const rest = received[user].filter((_, at) => at < found.shift || at >= found.shift + sent.length)
          expect(Math.max(...rest.map(Math.abs)), 'before and after there is silence').toBeLessThan(64)
        }
      }
    },
  )
})

async function recordCall(seloste: RunningSeloste, folder: string, transport: 'udp' | 'tcp'): Promise<void> {
  const keys = {
    caller,
    number: numbersCalled.testLine,
    official: aino.phone,
    now: new Date().toISOString(),
    call: randomUUID(),
    session: randomBytes(16).toString('base64'),
    caller_file: join(folder, 'caller.al'),
    official_file: join(folder, 'official.al'),
    official_order: join(folder, `${transport}.order`),
  }
  const more = Object.entries(keys).flatMap(([name, value]) => ['-key', name, value])
  await runSipp({ server: seloste.sip, transport, scenario, folder, more: ['-d', String(talkMs), ...more] })
}

/** Waits for the only call since `from`, until its recording can be played. */
async function findCall(person: Api, from: string) {
  const search = { purpose: 'QUALITY', from, caller: '040 123 4567', number: '029 497 099' }
  const found = await eventually(async () => {
    const contacts = await person.contacts(search)
    return contacts[0]?.segments[0]?.recording.state === 'available' ? contacts : undefined
  }, 'the call, to be heard')
  expect(found).toHaveLength(1)
  return person.contact(found[0]?.id ?? '', 'QUALITY')
}
