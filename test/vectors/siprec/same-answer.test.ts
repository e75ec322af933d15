/**
 * However a client breaks lines, orders parts or names prefixes, a call is interpreted in one way (rule 2 of the field
 * notes).
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstHeader } from '#capture/sip/message.ts'
import { parameterOf } from '#capture/siprec/read-header-value.ts'
import type { Party } from '#capture/siprec/identified-parties.ts'
import type { Invitation } from '#capture/siprec/read-invitation.ts'
import { messageOf, readAcceptedVector, vectorNames, vectorOf } from './read-vector.ts'

/** Vectors whose metadata cannot be written differently, because they are malformed or missing on purpose. */
const unchangeable = new Set(
  vectorNames.filter((name) => vectorOf(name).expect.problems.some((problem) => problem.startsWith('xml-'))),
)
const vectors = vectorNames.filter((name) => !unchangeable.has(name))

/** How a client writes a body. */
interface Habits {
  /** Used in turn. */
  lineBreaks: readonly ('\r\n' | '\n')[]
  partsReversed: boolean
  blankLinesFirst: number
  /** After each boundary. */
  trailingBlanks: string
  hasFinalBoundary: boolean
  /** Whether the parts have a Content-Type. */
  partTypes: 'kept' | 'left out'
  /** Namespace prefix of the metadata's elements. */
  prefix: string | undefined
  /** Adds a part of an unknown type. */
  hasUnknownPart: boolean
}

const anyHabits: fc.Arbitrary<Habits> = fc.record({
  lineBreaks: fc.array(fc.constantFrom('\r\n' as const, '\n' as const), { minLength: 1, maxLength: 5 }),
  partsReversed: fc.boolean(),
  blankLinesFirst: fc.nat(3),
  trailingBlanks: fc.constantFrom('', ' ', '\t '),
  hasFinalBoundary: fc.boolean(),
  partTypes: fc.constantFrom('kept' as const, 'left out' as const),
  prefix: fc.constantFrom(undefined, 'tns', 'a.b-c_1', 'ns2'),
  hasUnknownPart: fc.boolean(),
})

/** Changes how a body is written: first its parts, then its metadata, then its line breaks. */
function rewrite(body: Buffer, contentType: string | undefined, habits: Habits): Buffer {
  let text = body.toString('latin1').replaceAll('\r\n', '\n')
  const boundary = parameterOf(contentType ?? '', 'boundary')
  if (boundary !== undefined && !text.includes('multipart/')) {
    const delimiter = `--${boundary}`
    const parts = text
      .split(new RegExp(`^${delimiter.replace(/[^\w]/g, '\\$&')}(?:--)?[ \t]*\n?`, 'm'))
      .slice(1)
      .filter((part) => part.trim() !== '')
      .map((part) => part.replace(/\n$/, ''))
    if (habits.hasUnknownPart) parts.push('Content-Type: application/vnd.example\n\nx')
    const written = (habits.partsReversed ? parts.reverse() : parts).map((part) => {
      const untyped = habits.partTypes === 'left out' && !part.includes('application/gtd')
      return `${delimiter}${habits.trailingBlanks}\n${untyped ? part.replace(/^content-type:.*\n/im, '') : part}\n`
    })
    text = '\n'.repeat(habits.blankLinesFirst) + written.join('') + (habits.hasFinalBoundary ? `${delimiter}--${habits.trailingBlanks}\n` : '')
  }
  const { prefix } = habits
  if (prefix !== undefined && /<recording[\s>]/.test(text)) {
    text = text.replace(/(<recording[\s>][\s\S]*<\/recording>)/, (xml) =>
      xml.replace(/<(\/?)([A-Za-z][\w-]*)(?=[\s/>])/g, `<$1${prefix}:$2`),
    )
  }
  let lines = 0
  return Buffer.from(
    text.replaceAll('\n', () => habits.lineBreaks[lines++ % habits.lineBreaks.length]!),
    'latin1',
  )
}

/** Returns the result of reading a message, for comparison. */
function resultOf({ parties, times, callIds, streams, found }: Invitation) {
  const shown = (party?: Party<unknown>) => party && [party.number.key ?? party.number.kind, party.source]
  return {
    found,
    direction: parties.direction,
    roles: [parties.caller, parties.number, parties.official].map(shown),
    tracks: parties.streams,
    sources: parties.sources,
    review: parties.needsReview,
    times,
    callIds,
    streams: streams.map(({ label, accepted, remote }) => [label, accepted, remote]),
  }
}

test('other line breaks, orders of parts, blank lines, prefixes and a missing final boundary give the same result', () => {
  const results = new Map(vectors.map((name) => [name, resultOf(readAcceptedVector(name))]))
  fc.assert(
    fc.property(fc.constantFrom(...vectors), anyHabits, (name, habits) => {
      const body = (bytes: Buffer, vector: string) =>
        rewrite(bytes, firstHeader(messageOf(vector), 'content-type'), habits)
      expect(resultOf(readAcceptedVector(name, { body }))).toEqual(results.get(name))
    }),
    { numRuns: 300 },
  )
})
