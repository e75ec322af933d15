import { describe, expect, test } from 'vitest'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { TrackOverride } from './identified-parties.ts'
import { identifyParties } from './identify-parties.ts'
import { parseMetadata } from './parse-metadata.ts'
import { headersOf } from './read-header-value.ts'

const numbers = new Map([
  ['+35829497000', 'national'],
  ['+35829497010', 'regional'],
])
const officials = new Map([
  ['+358295121001', 'aino'],
  ['+358295121002', 'bertil'],
])

const caller = '+358401234567'
const service = '+35829497000'
const aino = '+358295121001'
const bertil = '+358295121002'

interface Case {
  headers?: [string, string][]
  labels?: (string | undefined)[]
  trackOverride?: TrackOverride
}

function identify(inner: string | undefined, { headers = [], labels = ['1', '2'], trackOverride }: Case = {}) {
  const metadata =
    inner === undefined
      ? undefined
      : parseMetadata(`<recording>${inner}</recording>`, { zone: 'Europe/Helsinki' }).metadata
  return identifyParties(
    {
      ...(metadata ? { metadata } : {}),
      headers: headersOf(headers),
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: (key) => numbers.get(key), findOfficial: (key) => officials.get(key) },
    },
    {
      streams: labels.map((label, index) => ({ index, ...(label === undefined ? {} : { label }) })),
      ...(trackOverride ? { trackOverride } : {}),
    },
  )
}

function person(id: string, aor: string, sends?: string, more = ''): string {
  return `<participant id="${id}"><nameID aor="${aor}"/>${sends ? `<send>s${sends}</send>` : ''}${more}</participant>`
}
const streams = '<stream id="s1"><label>1</label></stream><stream id="s2"><label>2</label></stream>'

describe('a caller who withholds the number', () => {
  const others = person('o', aino, '2') + person('n', service)
  const named = (nameIds: string, more = '') => `<participant id="c">${nameIds}<send>s1</send>${more}</participant>`
  const hiding = `"Anonymous" &lt;sip:${caller}@trunk&gt;`
  const oracle = `<extensiondata><callingParty>true</callingParty><header label="From"><value>${hiding};tag=2</value></header></extensiondata>`
  const header = (name: string): [string, string][] => [[name, `"Anonymous" <sip:${caller}@trunk>;tag=1`]]
  const own: [string, string][] = [['From', '"Anonymous" <sip:+358295550000@recorder>;tag=1']]
  test.each<[string, string, [string, string][]]>([
    ['its name', named(`<nameID aor="sip:${caller}@trunk"><name>Anonymous</name></nameID>`), []],
    ['its second address', named(`<nameID aor="tel:${caller}"/><nameID aor="sip:anonymous@anonymous.invalid"/>`), []],
    ['the display name in its address', named(`<nameID aor="${hiding.replaceAll('"', '&quot;')}"/>`), []],
    ['the display name of From', person('c', caller, '1'), header('From')],
    ['the display name of P-Asserted-Identity', person('c', caller, '1'), header('P-Asserted-Identity')],
    ['the From that Oracle copies', named(`<nameID aor="${caller}"/>`, oracle), []],
    [
      'the From that Ribbon copies',
      `<group id="g"><callData><fromhdr>${hiding}</fromhdr></callData></group>${person('c', caller, '1')}`,
      [],
    ],
  ])('has no number, even if only %s shows that it is withheld', (_, participant, headers) => {
    expect(identify(participant + others + streams, { headers }).caller?.number).toMatchObject({
      ...{ kind: 'withheld', key: null },
    })
  })
  test('is not assumed from the name of a client in From', () => {
    expect(identify(person('c', caller, '1') + others + streams, { headers: own }).caller?.number.key).toBe(caller)
  })
})

test('one of several participants without the caller’s number is the caller, and not a third party', () => {
  const from = `<group id="g"><callData><fromhdr>&lt;sip:${caller}@x&gt;</fromhdr><tohdr>&lt;sip:${service}@x&gt;</tohdr></callData></group>`
  const two = person('a', 'matti@trunk', '1') + person('b', '+358295129999', '2')
  expect(identify(from + two + streams).connected).toMatchObject({ caller: true, thirdParties: 1 })
  expect(identify(from + two + person('c', '+358500000001', '2') + streams).connected.thirdParties).toBe(2)
})

describe('without a vendor extension', () => {
  test('the participant in neither registry nor directory is the caller, in any order', () => {
    const people = [person('c', caller, '1'), person('n', service), person('o', aino, '2')]
    for (const order of [people, [...people].reverse(), [people[1], people[0], people[2]]]) {
      const result = identify(order.join('') + streams)
      expect(result).toMatchObject({
        direction: 'incoming',
        caller: { number: { key: caller }, source: 'neither' },
        number: { entry: 'national', source: 'registry' },
        official: { entry: 'aino', source: 'directory' },
        streams: { 0: 'caller', 1: 'official' },
        needsReview: [],
      })
    }
  })

  test('every written form of a number finds the same entry', () => {
    for (const form of [
      '029 497 000',
      '0294970 00',
      'tel:+358-29-497-000',
      'sip:35829497000@x;user=phone',
      '+35829497000@x',
    ]) {
      expect(identify(person('n', form)).number).toMatchObject({ entry: 'national' })
    }
  })

  test('a call to a number outside the registry is kept and marked', () => {
    const result = identify(person('c', caller, '1') + person('o', aino, '2') + streams)
    expect(result).toMatchObject({
      caller: { number: { key: caller } },
      official: { entry: 'aino' },
      needsReview: ['numberUnknown'],
    })
    expect(result.number).toBeUndefined()
  })

  test('the diverted number is used if no participant shows one', () => {
    const headers: Case['headers'] = [
      ['Diversion', `"Vaihde, A" <sip:${service}@x>;reason=unknown, <sip:+358295129999@x>`],
    ]
    expect(identify(person('c', caller, '1') + person('o', aino, '2') + streams, { headers })).toMatchObject({
      number: { entry: 'national', source: 'diversion' },
      needsReview: [],
    })
  })

  test('of several unlisted participants the one with the asserted number is the caller, otherwise the first, marked', () => {
    const two = person('x', '+358501111111', '2') + person('c', caller, '1') + person('n', service) + streams
    expect(identify(two, { headers: [['P-Asserted-Identity', `<sip:${caller}@x>`]] })).toMatchObject({
      caller: { number: { key: caller } },
      streams: { 0: 'caller', 1: 'official' },
      needsReview: ['officialNotInDirectory'],
    })
    expect(identify(two).needsReview).toContain('severalUnknownParticipants')
  })

  test('after a transfer the official who joined last has the call', () => {
    const join = (id: string, time: string, left = '') =>
      `<participantsessionassoc participant_id="${id}" session_id="s"><associate-time>2027-03-03T08:0${time}:00Z</associate-time>${left}</participantsessionassoc>`
    const left = '<disassociate-time>2027-03-03T08:04:00Z</disassociate-time>'
    const people = person('c', caller, '1') + person('n', service) + person('b', bertil, '2') + person('a', aino, '2')
    const base = people + streams + join('c', '0') + join('b', '3')
    expect(identify(base + join('a', '1')).official).toMatchObject({ entry: 'bertil' })
    expect(identify(base + join('a', '5', left.replace('08:04', '08:06'))).official).toMatchObject({ entry: 'bertil' })
  })
})

describe('a caller who withholds the number (AC9)', () => {
  const people = person('c', caller, '1') + person('n', service) + person('o', aino, '2') + streams
  test.each([
    ['Privacy', 'id'],
    ['Privacy', 'header; user; critical'],
    ['From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'],
    ['Remote-Party-ID', `<sip:${caller}@x>;party=calling;privacy=full`],
  ])('stays withheld with %s: %s, whatever else names the number', (name, value) => {
    const result = identify(people, {
      headers: [
        [name, value],
        ['P-Asserted-Identity', `<sip:${caller}@x>`],
      ],
    })
    expect(result.caller).toEqual({
      number: { kind: 'withheld', key: null, raw: '' },
      source: 'privacy',
      participantId: 'c',
    })
    expect(JSON.stringify(result)).not.toContain('401234567')
    expect(result.streams).toEqual({ 0: 'caller', 1: 'official' })
  })

  test('stays withheld if only the participant is anonymous', () => {
    const anonymous = person('c', 'sip:anonymous@anonymous.invalid', '1') + person('n', service, '2') + streams
    const result = identify(anonymous, { headers: [['P-Asserted-Identity', `<sip:${caller}@x>`]] })
    expect(result.caller).toMatchObject({ number: { kind: 'withheld' } })
    expect(JSON.stringify(result)).not.toContain('401234567')
  })

  test('is not assumed from "Privacy: none"', () => {
    expect(identify(people, { headers: [['Privacy', 'none']] }).caller).toMatchObject({ number: { key: caller } })
  })
})

describe('direction', () => {
  const acme = (calling: string, called: string) =>
    person('a', calling, '1', '<extensiondata><callingParty>true</callingParty></extensiondata>') +
    person('b', called, '2', '<extensiondata><callingParty>false</callingParty></extensiondata>') +
    streams

  test('a call from the service to a customer is outgoing', () => {
    expect(identify(acme(aino, caller)).direction).toBe('outgoing')
  })

  test('a call between officials is internal', () => {
    expect(identify(acme(aino, bertil)).direction).toBe('internal')
  })

  test('a call between two officials is internal even if the caller is unknown', () => {
    expect(identify(person('a', aino, '1') + person('b', bertil, '2') + streams).direction).toBe('internal')
  })

  test('one official with an unknown caller is not an internal call', () => {
    expect(identify(person('a', aino, '1') + streams).direction).toBe('unknown')
  })

  test("a customer's call is incoming", () => {
    expect(identify(acme(caller, service)).direction).toBe('incoming')
  })

  test('is unknown if nothing shows who was called', () => {
    expect(identify(person('c', caller) + person('o', aino)).direction).toBe('unknown')
  })
})

test('a vendor extension that names the service number as the caller is used, and marked', () => {
  const result = identify(
    person('a', service, '1', '<extensiondata><callingParty>true</callingParty></extensiondata>') +
      person('b', caller, '2') +
      streams,
  )
  expect(result.needsReview).toContain('vendorContradictsRegistry')
})

describe('without usable metadata', () => {
  test('streams follow the order of the offer and the call is marked', () => {
    const result = identify(undefined, {
      headers: [
        ['From', `<sip:${caller}@x>;tag=1`],
        ['To', `<sip:${service}@x>`],
      ],
    })
    expect(result).toMatchObject({
      caller: { number: { key: caller }, source: 'from' },
      number: { entry: 'national', source: 'to' },
      streams: { 0: 'caller', 1: 'official' },
      sources: { streams: 'order' },
    })
    expect([...result.needsReview].sort()).toEqual(['callerFromSipFrom', 'noMetadata', 'streamsByOrder'])
  })

  test('labels that are words are used, and marked', () => {
    const result = identify(undefined, { labels: ['b_leg', 'a_leg'] })
    expect(result).toMatchObject({ streams: { 0: 'official', 1: 'caller' }, sources: { streams: 'labelWord' } })
    expect(result.needsReview).toContain('streamsByLabelWord')
  })
})

describe("the trunk's own mapping", () => {
  const people = person('c', caller, '1') + person('n', service, '2') + streams
  test('crosses the streams', () => {
    expect(identify(people, { trackOverride: 'crossed' })).toMatchObject({ streams: { 0: 'official', 1: 'caller' } })
  })
  test('maps the streams by label, or by position without a label', () => {
    const trackOverride = { '2': 'caller', '1': 'official' } as const
    expect(identify(people, { trackOverride }).streams).toEqual({ 0: 'official', 1: 'caller' })
    expect(
      identify(undefined, { labels: [undefined, undefined], trackOverride: { '0': 'official', '1': 'caller' } })
        .streams,
    ).toEqual({ 0: 'official', 1: 'caller' })
  })
})

test('without associations the first participant has the first stream, and the call is marked', () => {
  const result = identify(person('n', service) + person('c', caller) + streams)
  expect(result).toMatchObject({ streams: { 0: 'official', 1: 'caller' }, sources: { streams: 'order' } })
  expect(result.needsReview).toEqual(['streamsByOrder'])
})

test('a number that cannot be parsed still finds its participant', () => {
  const callData =
    '<callData><fromhdr>&lt;sip:2249888500@x&gt;;tag=1</fromhdr><tohdr>&lt;sip:029497000@x&gt;</tohdr></callData>'
  const result = identify(callData + person('n', service, '1') + person('c', '2249888500@y', '2') + streams)
  expect(result).toMatchObject({
    caller: { number: { kind: 'unparsed' }, participantId: 'c' },
    streams: { 0: 'official', 1: 'caller' },
    sources: { streams: 'associations' },
  })
})

test('five participants who send one stream are mixed', () => {
  const five = [caller, service, aino, bertil, '+358501111111'].map((aor, at) => person(`p${at}`, aor, '1')).join('')
  expect(identify(`${five}<stream id="s1"><label>1</label></stream>`, { labels: ['1'] }).streams).toEqual({
    0: 'mixed',
  })
})

test('two streams of one voice in the metadata are marked', () => {
  const result = identify(
    `<participant id="c"><aor>${caller}</aor><send>s1</send><send>s2</send></participant>${person('n', service)}${streams}`,
  )
  expect(result.needsReview).toContain('streamsContradict')
})

describe('verification of the caller’s number by the network (RFC 8224, RFC 3325)', () => {
  const pai = (value: string) =>
    `<extensiondata xmlns:apkt="http:/acmepacket.com/siprec/extensiondata"><apkt:header label="P-Asserted-Identity"><value>${value}</value></apkt:header></extensiondata>`
  const call = (aor: string, more = '') =>
    person('c', aor, '1', more) + person('n', service) + person('o', aino, '2') + streams
  const plain = `sip:${caller}@x`
  const from = (value: string): Case => ({ headers: [['From', value]] })

  test.each<[string, string, Case?]>([
    ['its address', call(`sip:${caller};verstat=TN-Validation-Failed@x;user=phone`)],
    ['its address, after the host', call(`sip:${caller}@x;user=phone;verstat=TN-Validation-Failed-B`)],
    ['From of the recording session', call(plain), from(`<sip:${caller};verstat=TN-Validation-Failed@x>;tag=1`)],
    ['From, as a tel URI', call(plain), from(`"Matti" <tel:${caller};verstat=TN-Validation-Failed>`)],
    ['its asserted identity', call(plain, pai(`&lt;sip:${caller};verstat=TN-Validation-Failed@x&gt;`))],
    ['another asserted identity', call(plain, pai('&lt;sip:+358509998877@x&gt;'))],
  ])('a number refuted by %s stays the caller’s, as unverified', (_, metadata, more) => {
    expect(identify(metadata, more)).toMatchObject({ caller: { number: { key: caller } }, isUnverified: true })
  })

  test.each<[string, string, Case?]>([
    ['nothing is stated', call(plain)],
    ['it has passed', call(`sip:${caller};verstat=TN-Validation-Passed@x`)],
    ['nobody has verified it', call(`sip:${caller};verstat=No-TN-Validation@x`)],
    ['it is asserted', call(plain, pai(`&lt;tel:${caller}&gt;`))],
    ['another number has failed', call(plain), from('<sip:+358509998877;verstat=TN-Validation-Failed@x>')],
    ['a name says so', call(plain), from(`";verstat=TN-Validation-Failed" <sip:${caller}@x>`)],
    ['it is withheld', call(`sip:${caller};verstat=TN-Validation-Failed@x`), { headers: [['Privacy', 'id']] }],
  ])('no number is refuted if %s', (_, metadata, more) => {
    expect(identify(metadata, more)).not.toHaveProperty('isUnverified')
  })
})
