import type { Language } from '#description/closed-lists.ts'
import { longest, type GivenFeedback } from '#safeguards/feedback/feedback.ts'
import { feedbackTexts } from './page-texts.ts'

/** Values of the feedback form as entered, to show them again if there are problems. */
export interface WrittenFeedback {
  message: string
  place: string
  email: string
}

export type FeedbackProblems = Partial<Record<keyof WrittenFeedback, string>>

/** Reads the form. Returns its values, or all problems with them. */
export function readFeedback(
  body: unknown,
  language: Language,
): { written: WrittenFeedback; given: GivenFeedback } | { written: WrittenFeedback; problems: FeedbackProblems } {
  const t = feedbackTexts(language)
  const written = { message: textOf(body, 'message'), place: textOf(body, 'place'), email: textOf(body, 'email') }
  const [message, place, email] = [written.message.trim(), written.place.trim(), written.email.trim()]
  const tooLong = (text: string, limit: number) =>
    lengthOf(text) > limit ? t('feedback.too-long', { limit, length: lengthOf(text) }) : undefined
  const problems: FeedbackProblems = {}
  const addProblem = (field: keyof WrittenFeedback, problem: string | undefined) => {
    if (problem !== undefined) problems[field] = problem
  }
  addProblem('message', message === '' ? t('feedback.message-missing') : tooLong(message, longest.message))
  addProblem('place', tooLong(place, longest.place))
  addProblem('email', email !== '' && !isEmail.test(email) ? t('feedback.not-an-email') : tooLong(email, longest.email))
  if (Object.keys(problems).length > 0) return { written, problems }
  return { written, given: { language, message, ...(place !== '' && { place }), ...(email !== '' && { email }) } }
}

/** Reads an administrator's note about an answer. `problem` is set if the note is invalid. */
export function readAnswer(body: unknown, language: Language): { answer: string; problem?: string } {
  const t = feedbackTexts(language)
  const answer = textOf(body, 'answer').trim()
  if (answer === '') return { answer, problem: t('feedback.answer-missing') }
  const length = lengthOf(answer)
  return length > longest.answer
    ? { answer, problem: t('feedback.too-long', { limit: longest.answer, length }) }
    : { answer }
}

const isEmail = /^[^\s@<>"',;:()]+@[^\s@<>"',;:()]+\.[^\s@<>"',;:().]{2,}$/

/** Returns a form field as text, without NUL characters, which the database cannot store. */
function textOf(body: unknown, field: string): string {
  const value = body instanceof URLSearchParams ? (body.get(field) ?? '') : ''
  return value.replaceAll('\r\n', '\n').replaceAll('\0', '')
}

/** Returns the length in code points, as PostgreSQL counts it. */
function lengthOf(text: string): number {
  return [...text].length
}
