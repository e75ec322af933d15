/** Names of fields and values in changes, from texts/server/change.json. */
import texts from '#texts/server/change.json' with { type: 'json' }
import { trilingualTexts, type Trilingual } from '#platform/texts/texts.ts'

export const changeText = trilingualTexts(texts)

/** Returns the texts whose keys have the prefix, by the rest of the key. */
function group<Prefix extends string>(prefix: Prefix) {
  const start = `change.${prefix}.`
  const found = Object.entries(texts).filter(([key]) => key.startsWith(start))
  return Object.fromEntries(found.map(([key, text]) => [key.slice(start.length), text])) as {
    readonly [Key in keyof typeof texts as Key extends `change.${Prefix}.${infer Name}` ? Name : never]: Trilingual
  }
}

export const contactFields = group('contact')
export const controllerFields = group('controller')
export const dataSets = group('data-set')
export const dataSubjectNames = group('data-subject')
export const dayNames = group('day')
export const disclosureFields = group('disclosure')
export const identificationDataNames = group('datum')
export const inLanguage = group('in-language')
export const kindNames = group('number-kind')
export const languageNames = group('language')
export const numberFields = group('number')
export const planFields = group('plan')
export const profiles = group('profile')
export const purposeFields = group('purpose')
export const referenceNames = group('reference')
export const roleFields = group('role')
export const ruleFields = group('rule')
export const scopeNames = group('scope')
export const sections = group('section')
export const siteFields = group('site')
export const switchNames = group('switch')
export const switchValues = group('switch-value')
export const termNames = group('term')
export const {
  aroundTheClock,
  backupsKept,
  consentRequired,
  finnishForms,
  firstDay,
  lastDay,
  name,
  no,
  noLimit,
  noQuota,
  yes,
} = group('word')
