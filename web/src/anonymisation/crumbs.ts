import type { Say } from '../language/use-words.ts'

/** The way back to the disclosures. */
export function disclosures(say: Say) {
  return [{ label: say('anonymisation.disclosures'), to: '/' as const }]
}
