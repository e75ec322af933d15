import type { Language } from '#description/closed-lists.ts'
import { englishWords } from './words-en.ts'
import { finnishWords } from './words-fi.ts'
import { swedishWords } from './words-sv.ts'
import type { LetterWords } from './words.ts'

export const letterWords: Record<Language, LetterWords> = {
  fi: finnishWords,
  sv: swedishWords,
  en: englishWords,
}
