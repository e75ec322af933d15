/** What the answers to a form come to; pure, so that anybody can count it again. */
import { boundsOf, isOnScale, questionsOf, type Answers, type Form, type Question } from './form.ts'

export interface Score {
  /** 0 to 100; none where nothing that counts applies. */
  total: number | null
  /** A fatal question has the lowest answer: the total is 0 whatever else was answered. */
  isFailed: boolean
  /** By section, 0 to 100 or none. */
  sections: Record<string, number | null>
}

export interface Scored extends Score {
  /** The questions that are asked, by the answers so far, in the form's order. */
  asked: string[]
  /** Those of them that wait for an answer. */
  unanswered: string[]
}

/** The questions that are asked: those without a condition, and those whose condition an asked question's answer meets. */
export function askedOf(form: Form, answers: Answers): Question[] {
  const asked = new Set<string>()
  return questionsOf(form).filter(({ id, onlyIf }) => {
    const given = onlyIf && answers[onlyIf.question]
    const isAsked = !onlyIf || (asked.has(onlyIf.question) && given != null && onlyIf.answers.includes(given))
    if (isAsked) asked.add(id)
    return isAsked
  })
}

/**
 * The score: in each section the weighted mean of what was answered, as a share of each scale; over the sections their
 * weighted mean. What does not apply, is not asked or not answered yet counts nowhere.
 */
export function scoreForm(form: Form, answers: Answers): Scored {
  const asked = askedOf(form, answers)
  const isAsked = new Set(asked.map(({ id }) => id))
  const sections: Record<string, number | null> = {}
  const means: { weight: number; value: number }[] = []
  let isFailed = false
  for (const section of form.sections) {
    const given = section.questions.flatMap((question) => {
      const answer = isAsked.has(question.id) ? answers[question.id] : undefined
      return answer == null ? [] : [{ question, share: shareOf(question, answer) }]
    })
    const lowest = given.filter(({ share }) => share === 0)
    isFailed ||= lowest.some(({ question }) => question.critical === 'form')
    const mean = weightedMean(given.map(({ question, share }) => ({ weight: question.weight, value: share })))
    const isZero = lowest.some(({ question }) => question.critical !== 'none')
    // A critical question counts as lost even where it weighs nothing.
    const value = isZero ? 0 : mean
    sections[section.id] = value === null ? null : percent(value)
    if (value !== null) means.push({ weight: section.weight, value })
  }
  const total = isFailed ? 0 : weightedMean(means)
  return {
    total: total === null ? null : percent(total),
    isFailed,
    sections,
    asked: asked.map(({ id }) => id),
    unanswered: asked.filter(({ id }) => answers[id] === undefined).map(({ id }) => id),
  }
}

/** Answers as they can be kept: of questions of the form, on their scales; others are left out. */
export function fittingAnswers(form: Form, answers: Answers): Answers {
  return Object.fromEntries(
    questionsOf(form).flatMap(({ id, scale, mayNotApply }) => {
      const answer = answers[id]
      const fits = answer === null ? mayNotApply : answer !== undefined && isOnScale(scale, answer)
      return fits ? [[id, answer as number | null]] : []
    }),
  )
}

/** How much of its scale an answer is, 0 to 1. */
export function shareOf({ scale }: Question, answer: number): number {
  const { least, most } = boundsOf(scale)
  return (answer - least) / (most - least)
}

function weightedMean(values: readonly { weight: number; value: number }[]): number | null {
  const weight = values.reduce((sum, one) => sum + one.weight, 0)
  if (weight === 0) return null
  return values.reduce((sum, one) => sum + one.weight * one.value, 0) / weight
}

/** To a tenth of a per cent. */
function percent(share: number): number {
  return Math.round(share * 1000) / 10
}
