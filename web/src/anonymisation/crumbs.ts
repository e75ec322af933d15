import type { Say } from '../language/use-words.ts'

/** The way back to the disclosures. */
export function disclosures(say: Say) {
  return [{ label: say('disclosures.title'), to: '/disclosures' as const }]
}

/** The way back to one disclosure to a research institute, once its number is known. */
export function toDisclosure(say: Say, id: string, number: string | undefined) {
  return [
    ...disclosures(say),
    ...(number === undefined ? [] : [{ label: number, to: '/disclosures/research/$id' as const, params: { id } }]),
  ]
}
