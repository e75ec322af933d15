/** How far evaluators agree on each question of a form, over the calibrations of one version; of nobody by name. Pure. */
import type { Scale } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { alphaOf, type Measure } from './krippendorff.ts'
import { measures, type CalibrationSummary } from './summarise-calibration.ts'

/** Of fewer recordings an alpha is chance: one answer more would turn it. */
const fewestRecordings = 5

export interface QuestionAgreement {
  id: string
  text: string
  scale: Scale
  measure: Measure
  /** Recordings to which two evaluators or more gave an answer. */
  recordings: number
  /** None where there are too few of these, or all answers are the same. */
  alpha: number | null
}

export interface FormAgreement {
  formId: string
  formName: string
  formVersion: number
  formLanguage: FormLanguage
  /** Closed ones. */
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
 * Of each version of a form, its questions with Krippendorff's alpha over the recordings of its closed calibrations. What a
 * calibration keeps is how many gave which answer, and that is all that it takes.
 */
export function agreeByQuestion(calibrations: readonly Closed[]): FormAgreement[] {
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

/** What was answered to one question, each answer as often as it was given. */
function valuesOf({ questions }: CalibrationSummary, id: string): number[] {
  const given = questions.find((one) => one.id === id)?.given ?? []
  return given.flatMap(({ answer, count }) => Array.from({ length: count }, () => answer))
}
