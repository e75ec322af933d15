import type { Say } from '../language/use-words.ts'

/** Returns the breadcrumb to the disclosures. */
export function disclosures(say: Say) {
  return [{ label: say('disclosures.title'), to: '/disclosures' as const }]
}

/** Returns the breadcrumb to one disclosure to a research institute, once its number is known. */
export function toDisclosure(say: Say, id: string, number: string | undefined) {
  return [
    ...disclosures(say),
    ...(number === undefined ? [] : [{ label: number, to: '/disclosures/research/$id' as const, params: { id } }]),
  ]
}
