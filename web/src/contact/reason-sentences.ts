import type { SegmentDetail } from '../api/shapes.ts'
import type { Word } from '../language/use-words.ts'

const reasonWords = {
  drawn: 'contact.why.drawn',
  'not-drawn': 'contact.why.not-drawn',
  switchboard: 'contact.why.switchboard',
  forwarded: 'contact.why.forwarded',
  'unknown-number': 'contact.why.unknown-number',
  'no-rule': 'contact.why.no-rule',
  'rule-ended': 'contact.why.rule-ended',
  'outside-hours': 'contact.why.outside-hours',
  'quota-full': 'contact.why.quota-full',
  'no-official': 'contact.why.no-official',
  'no-consent': 'contact.why.no-consent',
  'no-announcement': 'contact.why.no-announcement',
  'not-answered': 'contact.why.not-answered',
  conference: 'contact.why.conference',
  imported: 'contact.why.imported',
} as const satisfies Record<string, Word>

/** Reasons why a call is recorded or not, according to the plan. */
export const reasons: readonly string[] = Object.keys(reasonWords)

type Decision = Omit<SegmentDetail['decision'], 'record'>

/** Returns the text keys of the sentences that explain a decision; a general one for an unknown reason. */
export function sentencesOf({ reason, draw, share, quotaUsed, rule }: Decision): Word[] {
  if (!Object.hasOwn(reasonWords, reason)) return ['contact.why.other']
  const known = reason as keyof typeof reasonWords
  if (known === 'drawn' || known === 'not-drawn') {
    if (share === 1) return ['contact.why.all']
    const drawn =
      draw === undefined || share === undefined ? (`contact.why.${known}.plain` as const) : reasonWords[known]
    return known === 'drawn' && quotaUsed !== undefined && rule?.quota ? [drawn, 'contact.why.quota-room'] : [drawn]
  }
  if (known === 'outside-hours' && !rule?.hours) return ['contact.why.outside-hours.plain']
  return [reasonWords[known]]
}
