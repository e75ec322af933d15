import type { Language } from '../register-description.ts'
import type { Grounds } from './grounds.ts'
import type { PublishedDocument } from './published-document.ts'
import { seedDocument } from './seed-document.ts'

export function gdprDocument(grounds: Grounds, language: Language): PublishedDocument {
  return { ...seedDocument(grounds, language), profile: 'gdpr' }
}
