import type { Say } from '../language/use-words.ts'

/** The way back to the disclosures. */
export function disclosures(say: Say) {
  return [{ label: say('disclosures.title'), to: '/disclosures' as const }]
}
