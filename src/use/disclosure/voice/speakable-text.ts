/**
 * What a synthesiser is given to say. In: text that people typed or corrected. Out: words, figures and the marks of sentences.
 *
 * Never here: anything that a synthesiser takes for an order. eSpeak NG reads SSML (`<break time="5s"/>` is five seconds of nothing),
 * phonemes in double brackets, and commands after the control character U+0001.
 */
import type { Turn } from './engine.ts'

/** Signs that are words: written out, as a synthesiser says them in English or not at all. */
const signs: Record<Turn['language'], Record<string, string>> = {
  fi: { '&': 'ja', '+': 'plus', '@': 'ät', '%': 'prosenttia', '€': 'euroa', '§': 'pykälä' },
  sv: { '&': 'och', '+': 'plus', '@': 'snabel-a', '%': 'procent', '€': 'euro', '§': 'paragraf' },
  en: { '&': 'and', '+': 'plus', '@': 'at', '%': 'percent', '€': 'euros', '§': 'section' },
}

/** What a letter, a mark of a letter, a figure or a mark of a sentence is not. */
const unspeakable = /[^\p{L}\p{M}\p{Nd}.,;:?!'’\- ]/gu

/**
 * Figures stay as they are and are read as numbers; eight and more in a row one by one, as an amount of that size is none.
 * @returns '' where there is nothing to say
 */
export function speakableText(text: string, language: Turn['language']): string {
  const words = text
    .normalize('NFC')
    .replaceAll(/[&+@%€§]/g, (sign) => ` ${signs[language][sign]} `)
    .replaceAll(/[–—]/g, ', ')
    .replaceAll('…', '. ')
    .replaceAll(/\p{Nd}{8,}/gu, (digits) => [...digits].join(' '))
    .replaceAll(unspeakable, ' ')
    .replaceAll(/([.,;:?!'’-])[.,;:?!'’-]+/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return /[\p{L}\p{Nd}]/u.test(words) ? words : ''
}
