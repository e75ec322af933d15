/**
 * Forms of quality evaluation (R4: QUALITY; the description's "varmistaa ja kehittää asiakaspalvelumme laatua"), with which
 * drawn recordings are evaluated. No ranking of people, no use for pay or discipline (R6), no words of calls.
 */

/** Scale of a question: yes (1) or no (0); 1 to 5; points from 0. */
export type Scale = { kind: 'yes-no' } | { kind: 'one-to-five' } | { kind: 'points'; most: number }

export interface Question {
  /** Unique in the form; the same in all versions with the same question. */
  id: string
  text: string
  help: string
  scale: Scale
  /** Weight in its section; 0 means that it is answered and does not count. */
  weight: number
  /** Effect of the lowest answer: `section` makes its section 0, `form` (a fatal question) the whole evaluation. */
  critical: 'none' | 'section' | 'form'
  /** The evaluator may answer that it does not apply. */
  mayNotApply: boolean
  /** Asked only if an earlier question was answered with one of these. */
  onlyIf?: { question: string; answers: number[] }
}

export interface Section {
  id: string
  title: string
  weight: number
  questions: Question[]
}

export interface Form {
  sections: Section[]
}

/** By question: the answer on its scale, or `null` if it does not apply; undefined if unanswered. */
export type Answers = Readonly<Record<string, number | null>>

export const questionsOf = (form: Form): Question[] => form.sections.flatMap(({ questions }) => questions)

/** Returns the lowest and highest answer of a scale. */
export function boundsOf(scale: Scale): { min: number; max: number } {
  if (scale.kind === 'yes-no') return { min: 0, max: 1 }
  if (scale.kind === 'one-to-five') return { min: 1, max: 5 }
  return { min: 0, max: scale.most }
}

export function isOnScale(scale: Scale, value: number): boolean {
  const { min, max } = boundsOf(scale)
  return Number.isInteger(value) && value >= min && value <= max
}

export interface FormProblem {
  /** The section or question concerned; undefined for the form. */
  at?: string
  code:
    | 'no-sections'
    | 'no-questions'
    | 'title-missing'
    | 'text-missing'
    | 'id-twice'
    | 'nothing-counts'
    | 'condition-not-earlier'
    | 'condition-answers'
}

/** Returns why a form cannot be published; empty if it can. */
export function problemsOf(form: Form): FormProblem[] {
  const problems: FormProblem[] = []
  if (form.sections.length === 0) problems.push({ code: 'no-sections' })
  const earlier = new Map<string, Question>()
  const ids = new Set<string>()
  for (const section of form.sections) {
    if (ids.has(section.id)) problems.push({ code: 'id-twice', at: section.id })
    ids.add(section.id)
    if (section.title.trim() === '') problems.push({ code: 'title-missing', at: section.id })
    if (section.questions.length === 0) problems.push({ code: 'no-questions', at: section.id })
    for (const question of section.questions) {
      if (ids.has(question.id)) problems.push({ code: 'id-twice', at: question.id })
      ids.add(question.id)
      if (question.text.trim() === '') problems.push({ code: 'text-missing', at: question.id })
      const condition = question.onlyIf
      const dependsOn = condition && earlier.get(condition.question)
      if (condition && !dependsOn) problems.push({ code: 'condition-not-earlier', at: question.id })
      if (condition && dependsOn && !condition.answers.some((value) => isOnScale(dependsOn.scale, value)))
        problems.push({ code: 'condition-answers', at: question.id })
      earlier.set(question.id, question)
    }
  }
  const counts = form.sections.some(({ weight, questions }) => weight > 0 && questions.some((one) => one.weight > 0))
  if (form.sections.length > 0 && !counts) problems.push({ code: 'nothing-counts' })
  return problems
}
