/** Spread and agreement of several evaluators' answers to one recording, without names. Pure. */
import { questionsOf, type Answers, type Form, type Scale } from './form.ts'
import { alphaOf, type Measure } from './krippendorff.ts'
import { questionsFor, scoreForm } from './score-form.ts'

export interface QuestionSpread {
  id: string
  text: string
  scale: Scale
  /** Number of evaluators per answer, lowest first. */
  given: { answer: number; count: number }[]
  /** Number of evaluators who answered that the question does not apply. */
  notApplicable: number
}

export interface CalibrationSummary {
  evaluators: number
  /** Lowest, median and highest score; undefined if nothing that counts applies. */
  totals?: { least: number; median: number; most: number }
  questions: QuestionSpread[]
  /**
   * Krippendorff's alpha by kind of scale: yes/no nominal, 1 to 5 ordinal, points interval (as shares of their scale). Missing
   * for kinds with too few answers.
   */
  alphas: { scale: Scale['kind']; measure: Measure; questions: number; alpha: number | null }[]
}

/** How the difference of two answers is measured, by scale. */
export const measures: Record<Scale['kind'], Measure> = {
  'yes-no': 'nominal',
  'one-to-five': 'ordinal',
  points: 'interval',
}

export function summariseCalibration(form: Form, answers: readonly Answers[]): CalibrationSummary {
  // An answer to a question that is not asked in the end does not count.
  const counted = answers.map((one) => {
    const asked = new Set(questionsFor(form, one).map(({ id }) => id))
    return Object.fromEntries(Object.entries(one).filter(([id]) => asked.has(id)))
  })
  const spreads = questionsOf(form).map(({ id, text, scale }): QuestionSpread => {
    const values = counted.flatMap((one) => one[id] ?? [])
    const distinct = [...new Set(values)].sort((one, other) => one - other)
    return {
      id,
      text,
      scale,
      given: distinct.map((answer) => ({ answer, count: values.filter((one) => one === answer).length })),
      notApplicable: counted.filter((one) => one[id] === null).length,
    }
  })
  const totals = answers.flatMap((one) => scoreForm(form, one).total ?? []).sort((one, other) => one - other)
  return {
    evaluators: answers.length,
    ...(totals.length > 0 && {
      totals: { least: totals[0]!, median: medianOf(totals), most: totals.at(-1)! },
    }),
    questions: spreads,
    alphas: (Object.keys(measures) as Scale['kind'][]).flatMap((kind) => {
      const ofKind = questionsOf(form).filter(({ scale }) => scale.kind === kind)
      if (ofKind.length === 0) return []
      const units = ofKind.map(({ id, scale }) =>
        counted.flatMap((one) => {
          const answer = one[id]
          return answer == null ? [] : [scale.kind === 'points' ? answer / scale.most : answer]
        }),
      )
      return [{ scale: kind, measure: measures[kind], questions: ofKind.length, alpha: alphaOf(units, measures[kind]) }]
    }),
  }
}

function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : Math.round(5 * (sorted[middle - 1]! + sorted[middle]!)) / 10
}
