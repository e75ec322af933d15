/**
 * Promise: a call is filed under its caller and under the official who speaks (R8-R11, R17). The attack: what a client's metadata
 * repeat of the caller's own words, or of who had the call before, is taken for who is in it now.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { metadataOf, numberKey, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(14_000)
})
afterEach(() => bench.stop())

const diversion = { Diversion: `<${people.number}>;reason=unconditional` }
const [caller, aino, bertil, stranger] = ['+358401234567', '+358295121001', '+358295121002', '+358509998877']
const session = 'c2Vzc2lvbg=='

/** Each part of a recorded call: whose it is, and how many packets its recording has. */
const parts = () =>
  bench
    .segments()
    .filter(({ recording }) => recording)
    .map(({ official, recording }) => [official?.phone, recording!.stored?.packetsReceived])

const times = (id: string, from: number, until?: number) => {
  const at = (minutes: number) => `2027-03-03T08:0${minutes}:00Z`
  const left = until === undefined ? '' : `<disassociate-time>${at(until)}</disassociate-time>`
  return `<participantsessionassoc participant_id="${id}" session_id="${session}"><associate-time>${at(from)}</associate-time>${left}</participantsessionassoc>`
}

const apkt = (inner: string) =>
  `<extensiondata xmlns:apkt="http://acmepacket.com/siprec/extensiondata">${inner}</extensiondata>`
const person = (id: string, aor: string, sends?: string, more = '') =>
  `<participant participant_id="${id}"><nameID aor="sip:${aor}@x"/>${sends ? `<send>${sends}</send>` : ''}${more}</participant>`
const streams = ['1', '2'].map((n) => `<stream stream_id="s${n}" session_id="${session}"><label>${n}</label></stream>`)

/** As Oracle tells who calls, and what was dialled. */
function oracle(given: {
  calls: string
  isCalled: string
  dialled?: string
  mode?: 'complete' | 'partial'
  more?: string
}): string {
  const { calls, isCalled, dialled, mode = 'complete', more = '' } = given
  const uri = dialled === undefined ? '' : `<apkt:request-uri>${dialled}</apkt:request-uri>`
  return [
    `<recording xmlns="urn:ietf:params:xml:ns:recording"><datamode>${mode}</datamode><session session_id="${session}"/>`,
    more,
    person('caller', calls, 's1', apkt('<apkt:callingParty>true</apkt:callingParty>')),
    person(isCalled, isCalled, 's2', apkt(`<apkt:callingParty>false</apkt:callingParty>${uri}`)),
    ...[...streams, '</recording>'],
  ].join('')
}

describe('a call that is passed on within its session is each official’s for as long as they have it', () => {
  const ribbon = (official: string) =>
    metadataOf({
      participants: [
        { id: 'c', aor: people.caller, label: '1' },
        { id: official, aor: `sip:${official}@x`, label: '2' },
      ],
      more: `<callData><fromhdr>&lt;${people.caller}&gt;</fromhdr><tohdr>&lt;sip:${aino}@x&gt;</tohdr></callData>`,
    })
  const first = oracle({ calls: caller, isCalled: aino })
  const leaves = times('caller', 0) + times(aino, 1, 2) + times(bertil, 2)
  test.each([
    [
      'Oracle, the first one’s leaving told, complete',
      first,
      oracle({
        calls: caller,
        isCalled: bertil,
        more: person(aino, aino, undefined, apkt('<apkt:callingParty>false</apkt:callingParty>')) + leaves,
      }),
    ],
    [
      'Oracle, the first one’s leaving told, partial',
      first,
      oracle({ calls: caller, isCalled: bertil, mode: 'partial', more: leaves }),
    ],
    [
      'Oracle, by the number that was dialled',
      oracle({ calls: caller, isCalled: aino, dialled: `sip:${aino}@x` }),
      oracle({ calls: caller, isCalled: bertil, dialled: `sip:${aino}@x` }),
    ],
    ['Ribbon, by the call’s To', ribbon(aino), ribbon(bertil)],
  ])('%s', async (_, before, after) => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: before, headers: diversion })
    await call.speak(ports, 10)
    await call.update({ metadata: after })
    await call.speak(ports, 15)
    await call.bye()
    await bench.until(() =>
      expect(parts()).toEqual([
        [aino, 20],
        [bertil, 30],
      ]),
    )
  })

  test('where the next one is in no directory, for review', async () => {
    const call = await bench.call({})
    await call.invite({ sdp: true, metadata: first, headers: diversion })
    const unlisted = person('x', stranger, 's2')
    await call.update({
      metadata: `<recording><datamode>partial</datamode>${unlisted}${times('caller', 0)}${times(aino, 1, 2)}${times('x', 2)}</recording>`,
    })
    await call.bye()
    await bench.until(() =>
      expect(bench.segments()).toMatchObject([
        { marks: expect.arrayContaining(['needs-review']) as string[], recording: { stored: {} } },
      ]),
    )
  })
})

describe('what a caller dials and how they are called', () => {
  test.each([
    ['another caller and official', stranger, bertil],
    ['a call within the house', aino, bertil],
  ])('parameters behind the number dialled make nobody a party: %s', async (_, ani, dn) => {
    const dialled = `sip:${numberKey}@x;calluuid=somebodys;dn=${dn};ani=${ani};dnis=${numberKey}`
    for (const calls of [caller, 'genesys']) {
      const call = await bench.call({})
      await call.invite({ sdp: true, metadata: oracle({ calls, isCalled: aino, dialled }) })
      await call.bye()
    }
    await bench.until(() => expect(bench.segments().filter(({ endedAt }) => endedAt)).toHaveLength(2))
    expect(bench.segments()).toMatchObject([
      { caller: { key: caller }, official: { phone: aino }, numberReached: { key: numberKey } },
      { caller: { raw: 'sip:genesys@x' }, official: { phone: aino }, numberReached: { key: numberKey } },
    ])
    expect(bench.segments().flatMap(({ callIds }) => callIds)).not.toContain('genesysUuid:somebodys')
  })

  test('a caller named asbce is no stand-in for who has not answered, whoever has', async () => {
    const participants = [{ id: 'c', aor: 'sip:asbce@asbce.com', label: '1' }]
    for (const aor of [people.official, 'sip:+358295129999@x']) {
      const call = await bench.call({})
      const metadata = metadataOf({ participants: [...participants, { id: 'o', aor, label: '2' }] })
      await call.invite({ sdp: true, metadata, headers: diversion })
      await call.bye()
    }
    await bench.until(() => expect(bench.segments().filter(({ endedAt }) => endedAt)).toHaveLength(2))
    const answered = bench.segments().map(({ caller: { raw }, answeredAt }) => [raw, answeredAt !== undefined])
    expect(answered).toEqual([
      ['sip:asbce@asbce.com', true],
      ['sip:asbce@asbce.com', true],
    ])
    expect(bench.segments()[0]?.decision.record).toBe(true)
  })
})
