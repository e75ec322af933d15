import type { Translate } from '../language/use-words.ts'

/** Returns the breadcrumb to the disclosures, as a list. */
export function disclosuresCrumb(t: Translate) {
  return [{ label: t('disclosures.title'), to: '/disclosures' as const }]
}

/** Returns the breadcrumbs to one disclosure to a research institute; only the first of them until its number is known. */
export function disclosureCrumbs(t: Translate, id: string, number: string | undefined) {
  return [
    ...disclosuresCrumb(t),
    ...(number === undefined ? [] : [{ label: number, to: '/disclosures/research/$id' as const, params: { id } }]),
  ]
}
