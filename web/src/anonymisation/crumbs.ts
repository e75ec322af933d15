import type { Translate } from '../language/use-words.ts'

/** Returns the breadcrumb to the disclosures. */
export function disclosures(t: Translate) {
  return [{ label: t('disclosures.title'), to: '/disclosures' as const }]
}

/** Returns the breadcrumb to one disclosure to a research institute, once its number is known. */
export function toDisclosure(t: Translate, id: string, number: string | undefined) {
  return [
    ...disclosures(t),
    ...(number === undefined ? [] : [{ label: number, to: '/disclosures/research/$id' as const, params: { id } }]),
  ]
}
