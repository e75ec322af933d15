const label =
  /^(?:(?:puhelinnumero|puhelin|puh|matkapuhelin|gsm|vaihde|telefonväxel|växeln|växel|telefon|tfn|tel|phone|p)[.:]?\s*)+(?=[+(*#\d])/i
const extension =
  /(?<=[\d)])[\s,;(]*(?:extension|ext|alanumero|alanro|ala|anknytning|ankn|ank|p|x)[.:=]?\s*(\d{1,7})\)?$/i
const remark = /\s*\([^()]*\p{L}[^()]*\)$/u

/**
 * Steps 5 and 6: removes the leading label ("puh.", "vaihde", "tfn"), the trailing remark in brackets and the extension from
 * cleaned text. The library does not know the Finnish and Swedish labels and would append "p. 12" to the number.
 */
export function splitNumber(text: string): { number: string; ext?: string } {
  let number = text.replace(label, '').replace(remark, '')
  const ext = extension.exec(number)?.[1]
  if (ext !== undefined) number = number.replace(extension, '').replace(remark, '')
  // "+358 (0)29": the trunk prefix 0 is not dialled from abroad. Without a country code the 0 is part of the number.
  number = number.replace(/\(0\)/g, /^\s*(?:\+|00|99)/.test(number) ? '' : '0').trim()
  return ext === undefined ? { number } : { number, ext }
}
