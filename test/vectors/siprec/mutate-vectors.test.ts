/** No corrupted body makes the reader throw, or keeps it busy for long (fault table, B1). */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOffer } from '#capture/siprec/answer-offer.ts'
import { describeShape } from '#capture/siprec/describe-shape.ts'
import { problemMeanings } from '#capture/siprec/problem.ts'
import { readInvitation } from '#capture/siprec/read-invitation.ts'
import { headersOf } from '#capture/siprec/read-header-value.ts'
import { firstHeader } from '#capture/sip/message.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { cpuMs } from '#test/house/cpu-ms.ts'
import { messageOf, vectorNames } from './read-vector.ts'

const limitMs = 50
/** Number of inputs. The long run has the number that B1 requires. */
const runs = process.env['SELOSTE_LONG'] === '1' ? 10_000 : 1_500
const vectors = vectorNames.map((name) => {
  const { headers, body, ...message } = messageOf(name)
  return {
    name,
    contentType: firstHeader({ ...message, headers }, 'content-type'),
    headers: headers.map((header): [string, string] => [header.name, header.value]),
    body,
  }
})

/** Fragments with a meaning for one of the parsers. */
const tokens = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '<![CDATA[',
  '<!--',
  '<!DOCTYPE a [',
  '&a;',
  '\r\n\r\n',
  '\n--',
  '--',
  ';boundary=',
]
tokens.push(
  'm=audio 1 RTP/AVP 0\r\n',
  'a=label:1\r\n',
  '</',
  '/>',
  '<participant id="p">',
  '<send>',
  '\0',
  'Content-Type: x',
)

/** Removes bytes at a position, which is a share of the length, and inserts others there, repeated. */
type Mutation = { at: number; remove: number; insert: Buffer; repeat: number }

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(3000)),
  insert: fc.oneof(
    fc.constantFrom(...tokens).map((token) => Buffer.from(token)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  ),
  repeat: fc.oneof(fc.constant(1), fc.nat(5), fc.nat(2000)),
})

function mutate(body: Buffer, { at, remove, insert, repeat }: Mutation): Buffer {
  const position = Math.floor(at * body.length)
  const inserted = Buffer.concat(Array.from({ length: repeat }, () => insert))
  return Buffer.concat([body.subarray(0, position), inserted, body.subarray(position + remove)]).subarray(0, 65_536)
}

function readWhole(body: Uint8Array, contentType: string | undefined, headers: [string, string][]): void {
  const invitation = readInvitation(
    { contentType, body, headers: headersOf(headers), sourceAddress: '198.51.100.7' },
    {
      arrivedAtMs: 1_800_000_000_000,
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: () => undefined, findOfficial: () => undefined },
    },
  )
  if (invitation.kind === 'refusal') {
    expect([413, 415, 488]).toContain(invitation.status)
    return
  }
  for (const problem of invitation.problems) expect(problemMeanings).toHaveProperty(problem)
  if (!invitation.offer) return
  const answer = answerOffer(invitation.offer, invitation.streams, {
    address: '203.0.113.1',
    origin: { sessionId: '1', version: 1 },
    ports: new Map(invitation.streams.map(({ index }) => [index, 30_000])),
    mode: 'record',
  })
  if (answer.kind === 'answer') expect(answer.text.match(/^m=/gm)).toHaveLength(invitation.offer.media.length)
}

/**
 * Returns the shortest of several measurements: the machine may pause, and only an input that is slow every time is
 * slow.
 */
function quickestMs(work: () => void): number {
  let quickest = Infinity
  for (let attempt = 0; attempt < 4 && quickest >= limitMs; attempt++) {
    const before = cpuMs()
    work()
    quickest = Math.min(quickest, cpuMs() - before)
  }
  return quickest
}

test('corrupted bodies neither throw nor take 50 ms', { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...vectors),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (vector, mutations) => {
        const body = mutations.reduce(mutate, vector.body)
        expect(quickestMs(() => readWhole(body, vector.contentType, vector.headers))).toBeLessThan(limitMs)
      },
    ),
    { numRuns: runs },
  )
})

test('corrupted header values neither throw nor take 50 ms', { timeout: 120_000 }, () => {
  const names = [
    'From',
    'To',
    'P-Asserted-Identity',
    'Diversion',
    'Privacy',
    'User-to-User',
    'X-Cisco-Recording-Participant',
  ]
  const piece = fc.oneof(
    fc.constantFrom('<', '>', '"', ';', ',', '=', 'sip:', '@', '\\', ' '),
    fc.string({ maxLength: 8 }),
  )
  const value = fc.tuple(fc.array(piece, { maxLength: 30 }), fc.nat(60)).map(([pieces, repeat]) =>
    pieces
      .join('')
      .repeat(repeat + 1)
      .slice(0, 8000),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...vectors),
      fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 }),
      value,
      (vector, headers, parameters) => {
        const contentType = `${vector.contentType ?? ''};${parameters}`
        expect(quickestMs(() => readWhole(vector.body, contentType, headers))).toBeLessThan(limitMs)
      },
    ),
    { numRuns: runs / 5 },
  )
})

test('the reported shape of corrupted metadata contains no values of the metadata', () => {
  for (const { body } of vectors) {
    const text = body.toString('utf8')
    const xml = text.slice(text.search(/<\?xml|<recording/), text.lastIndexOf('>') + 1)
    const shape = describeShape(xml).join('\n')
    expect(shape).not.toMatch(/401234567|1001|Smith|Aino|Soittaja/)
  }
})
