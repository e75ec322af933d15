/** Agreement of evaluators on each question of a form, over the calibrations of one version, without names. Pure. */
import type { Scale } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { alphaOf, type Measure } from './krippendorff.ts'
import { measures, type CalibrationSummary } from './summarise-calibration.ts'

/** Fewer recordings make alpha meaningless: one more answer would change it. */
const fewestRecordings = 5

export interface QuestionAgreement {
  id: string
  text: string
  scale: Scale
  measure: Measure
  /** Recordings with answers of at least two evaluators. */
  recordings: number
  /** Null if there are too few recordings, or all answers are equal. */
  alpha: number | null
}

export interface FormAgreement {
  formId: string
  formName: string
  formVersion: number
  formLanguage: FormLanguage
  /** Closed calibrations. */
  calibrations: number
  questions: QuestionAgreement[]
}

interface Closed {
  formId: string
  formName: string
  formVersion: number
  formLanguage: FormLanguage
  summary?: CalibrationSummary
}

/**
 * Returns Krippendorff's alpha for each question of each form version, over its closed calibrations. A calibration stores
 * only how many evaluators gave each answer, which is enough.
 */
export function agreementByQuestion(calibrations: readonly Closed[]): FormAgreement[] {
  const closed = calibrations.flatMap(({ summary, ...one }) => (summary ? [{ ...one, summary }] : []))
  const byVersion = Map.groupBy(closed, ({ formId, formVersion }) => `${formId} ${formVersion}`)
  return [...byVersion.values()]
    .filter((ones) => ones.length >= fewestRecordings)
    .map((ones) => {
      const { formId, formName, formVersion, formLanguage, summary } = ones[0]!
      return {
        ...{ formId, formName, formVersion, formLanguage, calibrations: ones.length },
        questions: summary.questions.map(({ id, text, scale }) => {
          const units = ones.map(({ summary: one }) => valuesOf(one, id)).filter((values) => values.length > 1)
          const measure = measures[scale.kind]
          const alpha = units.length < fewestRecordings ? null : alphaOf(units, measure)
          return { id, text, scale, measure, recordings: units.length, alpha }
        }),
      }
    })
}

/** Returns the answers to one question, with repetitions. */
function valuesOf({ questions }: CalibrationSummary, id: string): number[] {
  const given = questions.find((one) => one.id === id)?.given ?? []
  return given.flatMap(({ answer, count }) => Array.from({ length: count }, () => answer))
}
