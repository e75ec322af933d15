/** Scores the answers to a form. Pure, so that anybody can recompute it. */
import { boundsOf, isOnScale, questionsOf, type Answers, type Form, type Question } from './form.ts'

export interface Score {
  /** 0 to 100; null if nothing that counts applies. */
  total: number | null
  /** A fatal question has the lowest answer: the total is 0. */
  isFailed: boolean
  /** By section, 0 to 100 or null. */
  sections: Record<string, number | null>
}

export interface Scored extends Score {
  /** Questions asked, given the answers so far, in the form's order. */
  asked: string[]
  /** Asked questions without an answer. */
  unanswered: string[]
}

/** Returns the questions asked: those without a condition, and those whose condition is met. */
export function questionsFor(form: Form, answers: Answers): Question[] {
  const asked = new Set<string>()
  return questionsOf(form).filter(({ id, onlyIf }) => {
    const given = onlyIf && answers[onlyIf.question]
    const isAsked = !onlyIf || (asked.has(onlyIf.question) && given != null && onlyIf.answers.includes(given))
    if (isAsked) asked.add(id)
    return isAsked
  })
}

/**
 * Returns the score: in each section the weighted mean of answers as shares of their scales; then the weighted mean of the
 * sections. Questions that do not apply, are not asked or not answered do not count.
 */
export function scoreForm(form: Form, answers: Answers): Scored {
  const questions = questionsFor(form, answers)
  const asked = new Set(questions.map(({ id }) => id))
  const sections: Record<string, number | null> = {}
  const means: { weight: number; value: number }[] = []
  let isFailed = false
  for (const section of form.sections) {
    const given = section.questions.flatMap((question) => {
      const answer = asked.has(question.id) ? answers[question.id] : undefined
      return answer == null ? [] : [{ question, share: shareOf(question, answer) }]
    })
    const lowest = given.filter(({ share }) => share === 0)
    isFailed ||= lowest.some(({ question }) => question.critical === 'form')
    const mean = weightedMean(given.map(({ question, share }) => ({ weight: question.weight, value: share })))
    const isZero = lowest.some(({ question }) => question.critical !== 'none')
    // A critical question applies even with weight 0.
    const value = isZero ? 0 : mean
    sections[section.id] = value === null ? null : percent(value)
    if (value !== null) means.push({ weight: section.weight, value })
  }
  const total = isFailed ? 0 : weightedMean(means)
  return {
    total: total === null ? null : percent(total),
    isFailed,
    sections,
    asked: questions.map(({ id }) => id),
    unanswered: questions.filter(({ id }) => answers[id] === undefined).map(({ id }) => id),
  }
}

/** Keeps answers to questions of the form within their scales. */
export function validAnswers(form: Form, answers: Answers): Answers {
  return Object.fromEntries(
    questionsOf(form).flatMap(({ id, scale, mayNotApply }) => {
      const answer = answers[id]
      const fits = answer === null ? mayNotApply : answer !== undefined && isOnScale(scale, answer)
      return fits ? [[id, answer as number | null]] : []
    }),
  )
}

/** Returns an answer as a share of its scale, 0 to 1. */
export function shareOf({ scale }: Question, answer: number): number {
  const { min, max } = boundsOf(scale)
  return (answer - min) / (max - min)
}

function weightedMean(values: readonly { weight: number; value: number }[]): number | null {
  const weight = values.reduce((sum, one) => sum + one.weight, 0)
  if (weight === 0) return null
  return values.reduce((sum, one) => sum + one.weight * one.value, 0) / weight
}

/** Rounds to a tenth of a per cent. */
function percent(share: number): number {
  return Math.round(share * 1000) / 10
}
