/**
 * Reduces text to words, digits and punctuation, so that a synthesiser finds no commands in it: eSpeak NG interprets SSML
 * (`<break time="5s"/>` is five seconds of silence), phonemes in double brackets, and commands after U+0001.
 */
import type { Turn } from './engine.ts'

/** Signs spelled out, since a synthesiser says them in English or not at all. */
const signs: Record<Turn['language'], Record<string, string>> = {
  fi: { '&': 'ja', '+': 'plus', '@': 'ät', '%': 'prosenttia', '€': 'euroa', '§': 'pykälä' },
  sv: { '&': 'och', '+': 'plus', '@': 'snabel-a', '%': 'procent', '€': 'euro', '§': 'paragraf' },
  en: { '&': 'and', '+': 'plus', '@': 'at', '%': 'percent', '€': 'euros', '§': 'section' },
}

/** Anything but letters, combining marks, digits and punctuation. */
const unspeakable = /[^\p{L}\p{M}\p{Nd}.,;:?!'’\- ]/gu

/**
 * Digits are read as numbers; eight or more in a row one by one, since no amount is that large.
 * @returns '' if nothing remains
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
