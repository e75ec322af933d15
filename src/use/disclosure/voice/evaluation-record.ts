/**
 * Evaluation record of an engine (engines/nvq/bench writes one): the results of three attackers and of listeners. Every engine
 * version needs a passing record before registration (R33). The record has figures; the demands of the level decide whether
 * they suffice.
 */
import type { Level } from './engine.ts'

type Tested = Exclude<Level, 'T'>

/** Sets of speech, as named in the demands. */
export const evaluationSets = ['10-people', '100-people', 'prompts', 'finnish', 'calls'] as const

/** Sets with at least five recordings per person, in the quick run as well. */
const pooledSets = ['10-people', 'finnish'] as const

/** The figure must exist and be within the bounds, inclusive. Without a bound, there is no limit on that side. */
export interface Demand {
  figure: string
  atLeast?: number
  atMost?: number
}

const across = (figure: string, bounds: Partial<Record<(typeof evaluationSets)[number], number>>): Demand[] =>
  Object.entries(bounds).map(([set, atLeast]) => ({ figure: `${figure}.${set}`, atLeast }))

/** Controls from the same run: an attacker who fails on original speech proves nothing. */
export const controlDemands: readonly Demand[] = evaluationSets.slice(0, 4).flatMap((set): Demand[] => [
  { figure: `original.semi-informed.${set}`, atMost: 5.5 },
  { figure: `mcadams.semi-informed.${set}`, atLeast: 3, atMost: 8 },
])

/**
 * Equal error rates and shares in percent, milliseconds, multiples of real time. `pooled-five` is for five recordings of one
 * person, each with its own draw, that are known to belong together. The demands of level D are no standard of privacy: they
 * are the figures of nvq when it was made, and detect regressions. Reports must state how little five recordings hide.
 */
export const demandsOf: Readonly<Record<Tested, readonly Demand[]>> = {
  D: [
    ...pooledSets.map((set) => ({ figure: `pooled-five.${set}` })),
    ...across('ignorant', { '10-people': 40, '100-people': 40, prompts: 40, finnish: 40 }),
    ...across('lazy', { '10-people': 36, '100-people': 36, prompts: 32, finnish: 36 }),
    ...across('semi-informed', { '10-people': 12, '100-people': 16, prompts: 7, finnish: 12, calls: 6 }),
    { figure: 'picked-out.100-people', atMost: 30 },
    { figure: 'digit-error-added', atMost: 6 },
    { figure: 'estoi', atLeast: 0.47 },
    { figure: 'pitch-correlation', atLeast: 0.78 },
    { figure: 'turn-timing-ms', atMost: 20 },
    { figure: 'times-real-time', atLeast: 20 },
  ],
  N: [
    ...pooledSets.map((set) => ({ figure: `pooled-five.${set}`, atLeast: 30 })),
    ...across('ignorant', { '10-people': 45, '100-people': 45, prompts: 45, finnish: 45 }),
    ...across('lazy', { '10-people': 42, '100-people': 42, prompts: 38, finnish: 42, calls: 38 }),
    ...across('semi-informed', { '10-people': 30, '100-people': 30, prompts: 20, finnish: 30, calls: 20 }),
    { figure: 'picked-out.100-people', atMost: 8 },
    { figure: 'digit-error-added', atMost: 4 },
    { figure: 'pitch-correlation', atLeast: 0.6 },
    { figure: 'turn-timing-ms', atMost: 100 },
    { figure: 'times-real-time', atLeast: 1 },
  ],
}

export interface EvaluationRecord {
  format: 1
  engine: string
  version: string
  level: Tested
  /** SHA-256, hexadecimal, over the engine's sources and models. */
  sources: string
  /** Day, ISO 8601. */
  day: string
  /** All recordings and the larger verifier; false for the quick run. */
  full: boolean
  /** The sets of that run: `what` they contain, the number of speakers and of anonymised recordings. */
  sets: { set: string; what: string; speakers: number; disclosed: number }[]
  /** By the names of the demands; also figures without demands. */
  figures: Record<string, number>
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @returns 'evaluation-record-malformed' for an invalid record, or one of a later format */
export function readEvaluationRecord(text: string): EvaluationRecord | 'evaluation-record-malformed' {
  const malformed = 'evaluation-record-malformed'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return malformed
  }
  if (!isObject(value) || value['format'] !== 1 || typeof value['full'] !== 'boolean') return malformed
  const texts = ['engine', 'version', 'sources', 'day'].map((name) => value[name])
  if (!texts.every((one) => typeof one === 'string' && one !== '')) return malformed
  if (value['level'] !== 'D' && value['level'] !== 'N') return malformed
  if (!/^[0-9a-f]{64}$/.test(String(value['sources'])) || !/^\d{4}-\d\d-\d\d$/.test(String(value['day'])))
    return malformed
  const { figures, sets } = value
  if (!isObject(figures) || !Object.values(figures).every((one) => Number.isFinite(one))) return malformed
  const isSet = (one: unknown) =>
    isObject(one) &&
    typeof one['set'] === 'string' &&
    typeof one['what'] === 'string' &&
    Number.isInteger(one['speakers']) &&
    Number.isInteger(one['disclosed'])
  if (!Array.isArray(sets) || !sets.every(isSet)) return malformed
  return value as unknown as EvaluationRecord
}

export const meets = ({ atLeast = -Infinity, atMost = Infinity }: Demand, value: number | undefined): boolean =>
  value !== undefined && value >= atLeast && value <= atMost

/** Returns demands whose figure is missing or out of bounds, including those of the controls. */
export const unmetDemands = ({ level, figures }: EvaluationRecord): Demand[] =>
  [...controlDemands, ...demandsOf[level]].filter((demand) => !meets(demand, figures[demand.figure]))

/**
 * Returns the record that permits registration of an engine: it has the engine's name, version, level and sources, and
 * meets all demands.
 * @returns 'engine-not-evaluated' if no record is of this version and these sources; 'engine-evaluation-failed' if one misses a
 * demand
 */
export function passingRecord(
  records: readonly EvaluationRecord[],
  engine: { name: string; version: string; level: Tested; sources: string },
): EvaluationRecord | 'engine-not-evaluated' | 'engine-evaluation-failed' {
  const matching = records.filter(
    ({ engine: name, version, level, sources }) =>
      name === engine.name && version === engine.version && level === engine.level && sources === engine.sources,
  )
  if (matching.length === 0) return 'engine-not-evaluated'
  return matching.find((record) => unmetDemands(record).length === 0) ?? 'engine-evaluation-failed'
}
