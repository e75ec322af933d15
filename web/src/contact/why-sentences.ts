import type { SegmentDetail } from '../api/shapes.ts'
import type { Word } from '../language/use-words.ts'

const told = {
  drawn: 'why.drawn',
  'not-drawn': 'why.not-drawn',
  switchboard: 'why.switchboard',
  forwarded: 'why.forwarded',
  'unknown-number': 'why.unknown-number',
  'no-rule': 'why.no-rule',
  'rule-ended': 'why.rule-ended',
  'outside-hours': 'why.outside-hours',
  'quota-full': 'why.quota-full',
  'no-official': 'why.no-official',
  'no-consent': 'why.no-consent',
  'no-announcement': 'why.no-announcement',
  'not-answered': 'why.not-answered',
  conference: 'why.conference',
} as const satisfies Record<string, Word>

/** Why a call is recorded or is not, as the plan says it. */
export const reasons: readonly string[] = Object.keys(told)

type Decision = Omit<SegmentDetail['decision'], 'record'>

/** The sentences that explain a decision, each with what it needs; for a reason that is not known, what is true of all. */
export function sentencesOf({ reason, draw, share, quotaUsed, rule }: Decision): Word[] {
  if (!Object.hasOwn(told, reason)) return ['why.other']
  const known = reason as keyof typeof told
  if (known === 'drawn' || known === 'not-drawn') {
    if (share === 1) return ['why.all']
    const drawn = draw === undefined || share === undefined ? (`why.${known}.plain` as const) : told[known]
    return known === 'drawn' && quotaUsed !== undefined && rule?.quota ? [drawn, 'why.quota-room'] : [drawn]
  }
  if (known === 'outside-hours' && !rule?.hours) return ['why.outside-hours.plain']
  return [told[known]]
}
