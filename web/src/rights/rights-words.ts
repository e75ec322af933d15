import { refusalKey } from '../api/refusal.ts'
import { formatDate, formatLastDay } from '../format/instant.ts'
import type { Language } from '../language/language.ts'
import type { Translate, Word } from '../language/use-words.ts'
import type { Doubt, HeldRight } from './rights-shapes.ts'

/** Refusals of access rights, and the form field of each. */
const fieldOf = {
  'right.not-yours': 'people',
  'right.own': undefined,
  'right.person-missing': 'people',
  'right.not-employed': 'people',
  'right.beyond-employment': 'until',
  'right.role-unknown': 'role',
  'right.incompatible': 'role',
  'right.duty-missing': 'role',
  'right.purpose-missing': 'purposes',
  'right.purpose-unknown': 'purposes',
  'right.scope-wrong': 'role',
  'right.unit-missing': 'units',
  'right.no-officials': 'units',
  'right.number-missing': 'numbers',
  'right.number-unknown': 'numbers',
  'right.reason-missing': 'reason',
  'right.from-wrong': 'from',
  'right.until-wrong': 'until',
  'right.already-requested': 'people',
  'right.decided': undefined,
  'right.over': undefined,
  'right.note-missing': 'note',
} as const
type Code = keyof typeof fieldOf
export type RightField = Exclude<(typeof fieldOf)[Code], undefined>

/** Returns the text of a refusal with its values, and its field if it has one. */
export function refusalIn(error: unknown, t: Translate): { text: string; field?: RightField } {
  const { code = '', of } = (error as { error?: { code?: string; of?: string } } | null)?.error ?? {}
  if (!(code in fieldOf)) return { text: t(`error.${refusalKey(error)}`) }
  const field = fieldOf[code as Code]
  const sentence = t(`error.${code}` as Word)
  return { text: of ? `${of}: ${sentence}` : sentence, ...(field && { field }) }
}

/** Returns the text of a role, with an expert's duty. */
export function roleText({ role, duty }: { role: string; duty?: string | undefined }, t: Translate): string {
  const name = t(`rights.role.${role}` as Word)
  return duty ? `${name} (${t(`rights.duty.${duty}` as Word)})` : name
}

/** Returns the text of a period, last day inclusive. */
export function periodText(
  { from, until }: { from?: string | undefined; until?: string | undefined },
  t: Translate,
  language: Language,
): string {
  const last = until === undefined ? '' : formatLastDay(until, language)
  if (from === undefined) return t('rights.period.fromApproval', { until: last })
  const first = formatDate(from, language)
  return until === undefined ? t('rights.period.open', { from: first }) : `${first}–${last}`
}

/** Returns one sentence about a doubt. */
export function doubtText(doubt: Doubt, t: Translate): string {
  return t(`rights.doubt.${doubt}`)
}

/** Returns true if a past right can be requested again: the last of its role and duty, and none held or requested. */
export function mayRequestAgain(
  right: Pick<HeldRight, 'id' | 'role' | 'duty' | 'grantedAt'>,
  past: readonly Pick<HeldRight, 'id' | 'role' | 'duty' | 'grantedAt'>[],
  ahead: readonly { role: string; duty?: string | undefined }[],
): boolean {
  const isSame = (other: { role: string; duty?: string | undefined }) =>
    other.role === right.role && other.duty === right.duty
  if (ahead.some(isSame)) return false
  const latest = past.filter(isSame).toSorted((one, other) => Date.parse(other.grantedAt) - Date.parse(one.grantedAt))
  return latest[0]?.id === right.id
}

const soonMs = 30 * 24 * 3_600_000

/** Returns true if a right ends within thirty days and none follows it. */
export function endsSoon(
  right: Pick<HeldRight, 'role' | 'duty' | 'until' | 'state'>,
  all: readonly HeldRight[],
  nowMs: number,
): boolean {
  if (right.state !== 'active' || right.until === undefined) return false
  const end = Date.parse(right.until)
  if (end - nowMs > soonMs) return false
  return !all.some(
    (other) =>
      (other.state === 'active' || other.state === 'upcoming') &&
      other.role === right.role &&
      other.duty === right.duty &&
      (other.until === undefined || Date.parse(other.until) > end) &&
      Date.parse(other.from) <= end,
  )
}
