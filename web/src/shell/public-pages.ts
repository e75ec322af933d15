import type { Language } from '../language/language.ts'

/** Server-rendered public pages; each language has its own URL. */
export const publicPages: Record<'description' | 'accessibility' | 'feedback', Record<Language, string>> = {
  description: { fi: '/rekisteriseloste', sv: '/registerbeskrivning', en: '/register-description' },
  accessibility: { fi: '/saavutettavuusseloste', sv: '/tillganglighetsutlatande', en: '/accessibility-statement' },
  feedback: { fi: '/palaute', sv: '/respons', en: '/feedback' },
}
