import type { Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import { gdprDocument } from './gdpr-document.ts'
import { publicationFactsOf } from './publication-facts.ts'
import type { PublishedDocument } from './published-document.ts'
import { seedDocument } from './seed-document.ts'

/**
 * Returns the published description (R1) in one language, at an instant: numbers and rules change with time within a version.
 * C15: the profile selects the form of the Personal Data Act or a notice under GDPR Articles 13 and 14.
 */
export function publishDescription(
  description: RegisterDescription,
  language: Language,
  at: Temporal.Instant,
): PublishedDocument {
  const facts = publicationFactsOf(description, at, language)
  return description.profile === 'seed' ? seedDocument(facts, language) : gdprDocument(facts, language)
}
