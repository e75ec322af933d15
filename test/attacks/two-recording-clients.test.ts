/** Two clients of one call, of which only the second reports who else is in the call (R8, R17, R46, L18). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { walkChunk } from '#register/recordings/recording-log.ts'
import {
  everyCall,
  inDialog,
  openSpeaker,
  openWiredRecorder,
  sized,
  written,
  type Speaker,
  type WiredRecorder,
} from '#test/conformance/sip/wired-recorder.ts'
import { findPorts } from '#test/whole/free-ports.ts'

const { firstRtp } = await findPorts()
let folder = ''
let inForce = everyCall
let wired: WiredRecorder
const speakers: Speaker[] = []
const toHeaders: string[] = []
const mediaPort = (client: number) => firstRtp + 10 * client

beforeEach(async () => {
  inForce = everyCall
  folder = await mkdtemp(join(tmpdir(), 'seloste-twins-'))
  for (const client of [1, 2]) speakers[client] = await openSpeaker(mediaPort(client), 100 * client)
  wired = await openWiredRecorder(folder, { firstPort: 21_000, description: () => inForce })
})
afterEach(async () => {
  await wired.stop()
  for (const speaker of speakers) speaker?.close()
  await rm(folder, { recursive: true })
})

const official = 'cGFydC1vZmZpY2lhbC0wMQ=='
const metadata = /<\?xml[\s\S]*<\/recording>/.exec(written('rfc7865-baseline'))![0]
/** Metadata with another official, by number. */
const withOfficial = (text: string, number: string) =>
  text.replaceAll('+358295121001', number).replaceAll(official, 'cGFydC1vZmZpY2lhbC0wMg==')
/** Metadata without the official. */
const withoutOfficial = (text: string) =>
  ['participant', 'participantsessionassoc', 'participantstreamassoc'].reduce(
    (left, name) => left.replace(new RegExp(` *<${name} participant_id="${official}"[\\s\\S]*?</${name}>\\r?\\n`), ''),
    text,
  )

function invite(client: number, change = (text: string) => text): string {
  return sized(
    change(
      written('rfc7865-baseline', {
        ...{ 'rec-1': `rec-${client}`, 'tag=a1': `tag=a${client}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
        ...{ 'm=audio 40000': `m=audio ${mediaPort(client)}`, 'm=audio 40002': `m=audio ${mediaPort(client) + 2}` },
      }),
    ),
  )
}
async function open(client: number, change?: (text: string) => string): Promise<number[]> {
  const answer = await wired.exchange(invite(client, change))
  toHeaders[client] = answer.to
  wired.call.send(Buffer.from(inDialog(invite(client), 'ACK', toHeaders[client], 1), 'latin1'), {
    address: '192.0.2.10',
  })
  return [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port))
}
let cseq = 1
const update = (client: number, body: string) =>
  wired.exchange(inDialog(invite(client), 'UPDATE', toHeaders[client]!, ++cseq, body))
const bye = (client: number) => wired.exchange(inDialog(invite(client), 'BYE', toHeaders[client]!, 900))
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const pause = (ms: number) => new Promise((r) => setTimeout(r, ms))

async function speakAll(ports: Record<number, number[]>, packets: number): Promise<void> {
  for (let n = 0; n < packets; n++) {
    for (const [client, to] of Object.entries(ports)) await speakers[Number(client)]!.speak(to, 1)
    await pause(5)
  }
  await pause(300)
}
const officials = () => wired.segments().map(({ official, captureState }) => [official?.personId, captureState])
/** Returns how many packets are in the last recording of an official. */
async function packetsOf(person: string): Promise<number> {
  const segment = wired.segments().findLast(({ official }) => official?.personId === person)
  await until(() => expect(segment?.recording?.stored).toBeDefined())
  const { index, openChunk } = await wired.opened(segment)
  let packets = 0
  for (let n = 0; n < index.chunks.length; n++) walkChunk(await openChunk(n), { packet: () => void packets++ })
  return packets
}

test('a conference whose second official is reported after the second session was answered is in neither recording', async () => {
  const one = await open(1)
  await speakAll({ 1: one }, 10)
  const two = await open(2, withoutOfficial)
  // The second session counts as a duplicate until it names its official.
  await until(() => expect(officials()).toEqual([['1001', 'recording']]))
  await update(2, withOfficial(metadata, '+358295121002'))
  await until(() =>
    expect(officials()).toEqual([
      ['1001', 'paused'],
      ['1002', 'paused'],
    ]),
  )
  await speakAll({ 1: one, 2: two }, 30)
  await bye(1)
  await until(() => expect(officials()).toContainEqual(['1002', 'recording']))
  // The second session keeps its ports.
  await speakAll({ 2: two }, 10)
  await bye(2)
  await until(() => expect(wired.recorder.live).toBe(0))
  expect([await packetsOf('1001'), await packetsOf('1002')]).toEqual([20, 20])
  expect(wired.ports.inUse).toBe(0)
}, 60_000)

/** Description under which the decision to record waits for the official. */
const byOfficial = {
  ...everyCall,
  recordingPlan: {
    ...everyCall.recordingPlan,
    rules: everyCall.recordingPlan.rules.map((rule) => ({
      ...rule,
      quota: { per: 'official' as const, weekly: 10 },
    })),
  },
}
test.each([
  ['', everyCall],
  [', and the plan decides by official', byOfficial],
] as const)(
  'a conference whose first session names its official last is in neither recording%s',
  async (_, description) => {
    inForce = description
    const one = await open(1, withoutOfficial)
    const two = await open(2)
    await speakAll({ 1: one, 2: two }, 10)
    await update(1, withOfficial(metadata, '+358295121002'))
    await until(() => expect(officials().at(-1)).toEqual(['1002', 'paused']))
    await speakAll({ 1: one, 2: two }, 20)
    await bye(2)
    await until(() => expect(officials().at(-1)).toEqual(['1002', 'recording']))
    await bye(1)
    await until(() => expect(wired.recorder.live).toBe(0))
    expect(await packetsOf('1002')).toBeLessThanOrEqual(20)
    expect(wired.segments().at(-1)!.marks).toContain('needs-review')
  },
  60_000,
)

const withThirdParty = (text: string) =>
  text
    .replace(
      '<participant participant_id="cGFydC1udW1iZXItMDAwMQ==">',
      '<participant participant_id="dGhpcmQ="><nameID aor="sip:+358509998877@trunk.example.net;user=phone"/></participant>$&',
    )
    .replace(
      '</recording>',
      '<participantsessionassoc participant_id="dGhpcmQ=" session_id="c2Vzc2lvbi1vbmUtMDAwMQ=="><associate-time>2027-03-03T08:01:40Z</associate-time></participantsessionassoc>' +
        '<participantstreamassoc participant_id="dGhpcmQ="><send>c3RyZWFtLXR3by0wMDAwMg==</send></participantstreamassoc>$&',
    )

test('a third party whom only the second client reports is not recorded', async () => {
  const [one, two] = [await open(1), await open(2)]
  await speakAll({ 1: one, 2: two }, 10)
  await update(2, withThirdParty(metadata))
  await until(() => expect(officials()).toEqual([['1001', 'paused']]))
  await speakAll({ 1: one, 2: two }, 20)
  await update(2, metadata)
  await until(() => expect(officials()).toEqual([['1001', 'recording']]))
  await speakAll({ 1: one, 2: two }, 10)
  await update(2, withThirdParty(metadata))
  await until(() => expect(officials()).toEqual([['1001', 'paused']]))
  expect(wired.segments()[0]!.marks).toEqual([])
  // The third party may remain after the client that knows of them has left.
  await bye(2)
  await until(() => expect(wired.segments()[0]!.marks).toEqual(['needs-review']))
  await bye(1)
  await until(() => expect(wired.recorder.live).toBe(0))
  expect(await packetsOf('1001')).toBe(40)
}, 60_000)

test('a third party whom only the first client reports is not recorded after its session has ended', async () => {
  const [one, two] = [await open(1), await open(2)]
  await speakAll({ 1: one, 2: two }, 10)
  await update(1, withThirdParty(metadata))
  await until(() => expect(officials()).toEqual([['1001', 'paused']]))
  await bye(1)
  await until(() => expect(wired.recorder.counters.failovers).toBe(1))
  await until(() => expect(wired.segments()[0]!.marks).toContain('needs-review'))
  await speakAll({ 2: two }, 20)
  expect(officials()).toEqual([['1001', 'paused']])
  // Until the second client reports who is in the call.
  await update(2, metadata)
  await until(() => expect(officials()).toEqual([['1001', 'recording']]))
  await speakAll({ 2: two }, 10)
  await bye(2)
  await until(() => expect(wired.recorder.live).toBe(0))
  expect(await packetsOf('1001')).toBe(40)
}, 60_000)

test('a transfer that only the second client reports is not recorded as the first official’s talk', async () => {
  const [one, two] = [await open(1), await open(2)]
  await speakAll({ 1: one, 2: two }, 10)
  await update(2, withOfficial(metadata, '+358295121002'))
  await until(() => expect(officials()).toEqual([['1001', 'paused']]))
  // Two seconds later the second client is believed.
  await until(() => expect(officials()).toContainEqual(['1002', 'recording']))
  await speakAll({ 2: two }, 10)
  await Promise.all([bye(1), bye(2)])
  await until(() => expect(wired.recorder.live).toBe(0))
  expect([await packetsOf('1001'), await packetsOf('1002')]).toEqual([20, 20])
}, 60_000)

test.each([
  ['who is not in the directory', '+358295129999'],
  ['from outside', '+358509998877'],
])(
  'a session of an official %s marks the recording of the other official',
  async (_, number) => {
    const one = await open(1)
    await open(2, (text) => withOfficial(text, number))
    await until(() => expect(wired.segments().map(({ marks }) => marks)).toEqual([['needs-review'], ['needs-review']]))
    // They may be the same person, so both are recorded.
    await speakAll({ 1: one }, 10)
    await bye(2)
    await bye(1)
    await until(() => expect(wired.recorder.live).toBe(0))
    expect(await packetsOf('1001')).toBe(20)
  },
  60_000,
)

const withRefutedNumber = (text: string) =>
  text.replace(
    'sip:+358401234567@trunk.example.net;user=phone',
    'sip:+358401234567;verstat=TN-Validation-Failed@trunk.example.net;user=phone',
  )
test.each(['in its INVITE', 'later'])(
  'a number that only the second client reports as refuted, %s, marks the call',
  async (when) => {
    await open(1)
    await open(2, when === 'later' ? undefined : withRefutedNumber)
    if (when === 'later') await update(2, withRefutedNumber(metadata))
    await until(() => expect(wired.segments().map(({ marks }) => marks)).toEqual([['caller-unverified']]))
    await bye(2)
    await bye(1)
  },
  60_000,
)

test('a number that another official’s client reports as refuted marks both', async () => {
  await open(1)
  await open(2, (text) => withRefutedNumber(withOfficial(text, '+358295121002')))
  await until(() =>
    expect(wired.segments().map(({ marks }) => marks)).toEqual([['caller-unverified'], ['caller-unverified']]),
  )
  await bye(2)
  await bye(1)
}, 60_000)
