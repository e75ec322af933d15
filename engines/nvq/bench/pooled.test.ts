// Five recordings known to be of one speaker reveal more than one: the record's most important figure.
import { expect, test } from 'vitest'
import { pooled, type Trial } from './attacks.ts'
import { privacyFigure } from './figures.ts'
import type { Speaker } from './recordings.ts'
import { seeded } from './seeded.ts'
import { systems, type Model, type Scores, type Seen } from './verifier.ts'

const speaker = (id: string): Speaker => ({ id, group: id, kind: 'sentences', utterances: [], calls: [], seconds: 0 })
const seenAs = (value: number): Seen => {
  const one = Float64Array.of(value)
  return { identity: one, moments: one, prosody: one, level: one }
}
const enrol = (seen: readonly Seen[]): Model => ({
  ...seenAs(seen.reduce((sum, { identity }) => sum + identity[0]!, 0) / seen.length),
  recordings: seen.length,
})
const disclosed = (of: Speaker, values: readonly number[]) =>
  values.map((value, recording) => ({ speaker: of, recording, isPooled: false, seen: seenAs(value) }))

test('combines the first and the last five recordings of a speaker; once for five, never for four', () => {
  const [many, five, four] = ['many', 'five', 'four'].map(speaker) as [Speaker, Speaker, Speaker]
  const found = pooled(
    [...disclosed(many, [1, 2, 3, 4, 5, 6, 7]), ...disclosed(five, [1, 1, 1, 1, 6]), ...disclosed(four, [1, 2, 3, 4])],
    { enrol },
  )
  expect(found.map(({ speaker: { id }, isPooled, seen }) => [id, isPooled, seen.identity[0]])).toEqual([
    ['many', true, 3],
    ['many', true, 5],
    ['five', true, 2],
  ])
})

test('hiding one recording does not hide five of one speaker, and the two figures are independent', () => {
  const chance = seeded('pooled')
  const speakers = Array.from({ length: 20 }, (_, at) => speaker(`p${at}`))
  const single = speakers.flatMap((one, at) =>
    disclosed(
      one,
      Array.from({ length: 8 }, () => at + 4 * chance.normal()),
    ),
  )
  const trials = [...single, ...pooled(single, { enrol })].flatMap(({ speaker: { id }, recording, isPooled, seen }) =>
    speakers.map((enrolled, at): Trial => {
      const score = -Math.abs(seen.identity[0]! - at)
      const scores = Object.fromEntries(systems.map((system) => [system, score])) as Scores
      const of = { attacker: 'semi-informed', engine: 'nvq', kind: 'utterances' } as const
      return { ...of, enrolled: enrolled.id, disclosed: id, recording, isPooled, scores }
    }),
  )
  const figureOf = (from: Trial[]) =>
    privacyFigure('nvq', 'semi-informed', '10 people', { kind: 'utterances', speakers, what: '' }, from, [])
  const { equalErrorRate, pooledErrorRate, targets } = figureOf(trials)
  expect(targets).toBe(single.length)
  expect(pooledErrorRate).toBeLessThan(0.75 * equalErrorRate)
  const alone = figureOf(trials.filter(({ isPooled }) => !isPooled))
  expect(alone.equalErrorRate).toBe(equalErrorRate)
  expect(alone.pooledErrorRate).toBeNaN()
})
