import { knownRefusals } from '../api/refusal.ts'
import type { Translate, Word } from '../language/use-words.ts'
import type { LogEntry } from './log-shapes.ts'

/** Returns the text of an action; its code if there is none. */
export function actionText(action: string, t: Translate): string {
  return textOrCode(`log.action.${action}` as Word, action, t)
}

export function kindText(kind: string, t: Translate): string {
  return textOrCode(`log.object.${kind}` as Word, kind, t)
}

function textOrCode(word: Word, code: string, t: Translate): string {
  const text = t(word)
  return text === word ? code : text
}

/** Returns the result of an entry, and the reason of a refusal. */
export function resultText(result: string, t: Translate): { kind: 'ok' | 'refused' | 'failed'; why?: string } {
  if (result === 'ok') return { kind: 'ok' }
  const [kind, code = ''] = result.split(/:(.*)/s)
  const isKnown = knownRefusals.includes(code)
  return { kind: kind === 'refused' ? 'refused' : 'failed', why: isKnown ? t(`error.${code}` as Word) : code }
}

/** Returns who acted: a person by their current name, somebody not signed in, or the system. */
export function personText({ person, action }: LogEntry, t: Translate): string {
  if (person) return person.name ?? t('log.unknown')
  const isStranger = action === 'request.refused' || action.startsWith('session.') || action.startsWith('sign-in.')
  return t(isStranger ? 'log.stranger' : 'log.nobody')
}
