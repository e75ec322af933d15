/** Sessions that later metadata bring into this register, or take out of it (R8, R14, R17). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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

const mediaPort = 26_100
let inForce = everyCall
let folder = ''
let wired: WiredRecorder
let speaker: Speaker
let to = ''
let cseq = 1

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-decide-later-'))
  inForce = everyCall
  cseq = 1
  wired = await openWiredRecorder(folder, { firstPort: 11_900, description: () => inForce })
  speaker = await openSpeaker(mediaPort, 7)
})
afterEach(async () => {
  await wired.stop()
  speaker.close()
  await rm(folder, { recursive: true })
})

const people = {
  caller: /  <participant participant_id="cGFydC1jYWxsZXItMDAwMQ==">.*?<\/participant>\r?\n/s,
  official: /  <participant participant_id="cGFydC1vZmZpY2lhbC0wMQ==">.*?<\/participant>\r?\n/s,
  number: /  <participant participant_id="cGFydC1udW1iZXItMDAwMQ==">.*?<\/participant>\r?\n/s,
}

/** Returns an INVITE of the baseline without some participants, or with a colleague in the caller's place. */
function invitation(
  changes: { without?: (keyof typeof people)[]; colleague?: boolean; sdpOnly?: boolean } = {},
): string {
  let text = written('rfc7865-baseline', {
    ...{ 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1', 'm=audio 40000': `m=audio ${mediaPort}` },
    'm=audio 40002': `m=audio ${mediaPort + 2}`,
    ...(changes.colleague && {
      'sip:+358401234567@trunk.example.net;user=phone': 'sip:+358295121002@agency.example.fi',
    }),
    ...(cseq > 1 && { 'To: <sip:srs@192.0.2.200>': `To: ${to}` }),
  })
  for (const who of changes.without ?? []) text = text.replace(people[who], '')
  if (changes.sdpOnly)
    text = text
      .replace('multipart/mixed;boundary=foobar', 'application/sdp')
      .replace(/--foobar\r?\nContent-Type: application\/sdp\r?\n\r?\n/, '')
      .replace(/--foobar[^]*$/, '')
  const request = text.replace(/^CSeq: 1/im, `CSeq: ${cseq}`).replace(/branch=(\S+)/, `branch=$1${cseq}`)
  cseq++
  return sized(request)
}

async function send(text: string): Promise<number[]> {
  const answer = await wired.exchange(text)
  to = answer.to
  wired.call.send(inDialog(text, 'ACK', to, cseq - 1))
  return /a=recvonly/.test(answer.sdp) ? [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port)) : []
}

const bye = () => wired.exchange(inDialog(written('rfc7865-baseline'), 'BYE', to, 900))
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const segments = () => wired.segments()

test('a call between officials leaves nothing, and is recorded once a customer on a service number has joined it', async () => {
  expect(await send(invitation({ colleague: true, without: ['number'] }))).toEqual([])
  await wait(50)
  expect(segments()).toEqual([])
  // A hold without metadata does not change the decision.
  expect(await send(invitation({ sdpOnly: true }))).toEqual([])
  expect(segments()).toEqual([])
  const ports = await send(invitation())
  expect(ports).toHaveLength(2)
  await speaker.speak(ports, 20)
  await bye()
  await until(() => expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(40))
  expect(segments()).toHaveLength(1)
  expect(segments()[0]).toMatchObject({ caller: { key: '+358401234567' }, official: { phone: '+358295121001' } })
})

test('audio of a call between officials in the same session is not kept, and audio after that call is kept', async () => {
  const ports = await send(invitation())
  await speaker.speak(ports, 10)
  await send(invitation({ colleague: true, without: ['number'] }))
  await until(() => expect(segments()[0]?.captureState).toBe('paused'))
  await speaker.speak(ports, 10)
  await send(invitation())
  await until(() => expect(segments()[0]?.captureState).toBe('recording'))
  await speaker.speak(ports, 10)
  await bye()
  await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
  expect(segments()).toHaveLength(1)
  expect(segments()[0]?.recording?.stored?.sizeBytes).toBeLessThan(2 * 25 * 190)
})

test('a call of an unknown number is in the history, and recorded once the number is reported, as the same segment', async () => {
  const before = await send(invitation({ without: ['number'] }))
  await until(() => expect(wired.written()[0]?.decision.reason).toBe('unknown-number'))
  await speaker.speak(before, 20)
  const ports = await send(invitation())
  expect(ports).toEqual(before)
  const reportedAt = Temporal.Now.instant()
  await speaker.speak(ports, 30)
  await bye()
  await until(() => expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(60))
  expect(segments()).toHaveLength(1)
  const [segment] = segments()
  expect(segment).toMatchObject({ numberReached: { key: '+35829497000' }, decision: { reason: 'drawn' }, marks: [] })
  // The recording begins when the number is reported, not before (R14).
  expect(Temporal.Instant.compare(segment!.recording!.startedAt, segment!.answeredAt!)).toBe(1)
  expect(segment!.recording!.startedAt.until(reportedAt).total('seconds')).toBeLessThan(2)
  expect(wired.recorder.live).toBe(0)
})

test('audio of a call with an unknown official is discarded, and recorded once the official is reported, also without an offer', async () => {
  const rules = everyCall.recordingPlan.rules.map((rule) => ({
    ...rule,
    quota: { per: 'official' as const, weekly: 10 },
  }))
  inForce = { ...everyCall, recordingPlan: { ...everyCall.recordingPlan, rules } }
  const withOtherAddress = sized(invitation({ without: ['official'] }).replaceAll('IP4 127.0.0.1', 'IP4 127.0.0.2'))
  const ports = await send(withOtherAddress)
  await until(() => expect(segments()[0]?.decision.reason).toBe('no-official'))
  expect(await send(invitation({ sdpOnly: true }))).toEqual(ports)
  expect(wired.recorder.recording).toBe(0)
  await speaker.speak(ports, 20)
  const metadata = /<\?xml[^]*<\/recording>/.exec(invitation())![0]
  expect((await wired.exchange(inDialog(written('rfc7865-baseline'), 'UPDATE', to, 100, metadata))).sdp).toBe('')
  await speaker.speak(ports, 30)
  await bye()
  await until(() => expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(60))
  expect(segments().map(({ decision }) => decision.reason)).toEqual(['drawn'])
  expect(segments()[0]?.official?.phone).toBe('+358295121001')
  expect(wired.ports.inUse).toBe(0)
})

test('a call whose decision stays pending until its end leaves no port and no audio', async () => {
  const ports = await send(invitation({ without: ['number'] }))
  await speaker.speak(ports, 20)
  expect(wired.ports.inUse).toBe(2)
  await bye()
  await until(() => expect(segments()[0]?.endedAt).toBeDefined())
  expect(segments()[0]?.recording).toBeUndefined()
  expect(wired.ports.inUse).toBe(0)
})

test('a decision is not repeated for a request without new data', async () => {
  inForce = { ...everyCall, recordingPlan: { ...everyCall.recordingPlan, rules: [] } }
  await send(invitation())
  inForce = everyCall
  expect(await send(invitation())).toEqual([])
  await bye()
  await until(() => expect(segments()[0]?.endedAt).toBeDefined())
  expect(segments()).toHaveLength(1)
  expect(segments()[0]?.recording).toBeUndefined()
})
