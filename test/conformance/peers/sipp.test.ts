/** SIPp as the recording client: SIP, SDP and the first stream's RTP by a program that is not ours, over UDP and TCP. */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alawToLinear, linearToAlaw } from '#test/simulator/g711.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { eventually, signInAt, type Api } from '../../whole/api.ts'
import { findSound } from '../../whole/compare-sound.ts'
import { startSeloste, type RunningSeloste } from '../../whole/start-seloste.ts'

const sipp = '/usr/bin/sipp'
const scenario = join(import.meta.dirname, 'sipp/record-call.xml')
const player = join(import.meta.dirname, 'play-stream.ts')
const caller = '+358401234567'
const aino = officialByKey('aino')
const soundMs = 4_000
/** The player of the second stream takes its time to start on a busy machine. */
const talkMs = 8_000

/** On a throw-away machine that tests every change, SIPp is fetched where it can be; on anybody's own it has to be there. */
if (!existsSync(sipp) && process.env['CI'] && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: 'ignore',
      timeout: 180_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'sip-tester')
}
const missing = existsSync(sipp) ? '' : ' (left out: there is no /usr/bin/sipp; Debian has it in sip-tester)'

describe.skipIf(missing !== '')(`SIPp records a call${missing}`, () => {
  let seloste: RunningSeloste
  let folder: string
  const voices = { caller: sweep(300, 800), official: sweep(900, 1600) }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sipp-'))
    for (const [track, voice] of Object.entries(voices)) await writeFile(join(folder, `${track}.al`), voice)
    seloste = await startSeloste()
  }, 200_000)
  afterAll(async () => {
    await seloste?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each(['udp', 'tcp'] as const)(
    'over %s: found by the official and by the expert, and heard sample by sample, caller left and official right',
    { timeout: 120_000 },
    async (transport) => {
      const from = new Date().toISOString()
      await runSipp(seloste, folder, transport)
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
        const heard = await person.listen(contact.segments[0]?.recording.id ?? '', 'QUALITY')
        for (const who of ['caller', 'official'] as const) {
          const sent = alawToLinear(voices[who])
          const found = findSound(sent, heard[who])
          expect(found, `${userId} hears the ${who}`).toMatchObject({ compared: sent.length, different: 0 })
          const rest = heard[who].filter((_, at) => at < found.shift || at >= found.shift + sent.length)
          expect(Math.max(...rest.map(Math.abs)), 'before and after there is silence').toBeLessThan(64)
        }
      }
    },
  )
})

/** A tone that rises evenly, so that no part of it can be taken for another; as raw A-law. */
function sweep(fromHz: number, toHz: number): Uint8Array {
  const samples = Int16Array.from({ length: soundMs * 8 }, (_, at) => {
    const seconds = at / 8000
    const turns = fromHz * seconds + ((toHz - fromHz) * seconds * seconds) / (2 * (soundMs / 1000))
    return Math.round(12_000 * Math.sin(2 * Math.PI * turns))
  })
  return linearToAlaw(samples)
}

async function runSipp(seloste: RunningSeloste, folder: string, transport: 'udp' | 'tcp'): Promise<void> {
  const keys = {
    caller,
    number: numbersCalled.testLine,
    official: aino.phone,
    now: new Date().toISOString(),
    call: randomUUID(),
    session: randomBytes(16).toString('base64'),
    caller_file: join(folder, 'caller.al'),
    official_command: `${process.execPath} ${player} ${join(folder, 'official.al')}`,
  }
  const child = spawn(
    sipp,
    [
      `${seloste.sip.host}:${seloste.sip.port}`,
      ...['-sf', scenario, '-t', transport === 'udp' ? 'u1' : 't1', '-i', '127.0.0.1', '-mi', '127.0.0.1'],
      ...['-m', '1', '-d', String(talkMs), '-timeout', '30s', '-timeout_error', '-nostdin', '-trace_err'],
      ...Object.entries(keys).flatMap(([name, value]) => ['-key', name, value]),
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code === 0) return
  const logs = (await readdir(folder)).filter((name) => name.endsWith('_errors.log'))
  const errors = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')))
  throw new Error(`SIPp ended with ${String(code)}:\n${errors.join('\n')}\n${seloste.output()}`)
}

/** The one call since `from`, once its recording can be heard. */
async function findCall(person: Api, from: string) {
  const search = { purpose: 'QUALITY', from, caller: '040 123 4567', number: '029 497 099' }
  const found = await eventually(async () => {
    const contacts = await person.contacts(search)
    return contacts[0]?.segments[0]?.recording.state === 'available' ? contacts : undefined
  }, 'the call, to be heard')
  expect(found).toHaveLength(1)
  return person.contact(found[0]?.id ?? '', 'QUALITY')
}
