import { bigEndian, encodings, littleEndian, milliseconds, seconds } from './secret-forms.ts'

/** Secrets that must not occur in released bytes. */
export type Secret =
  /** Digits and letters of a number, however grouped: "040 123 4567", "131052-308T". */
  | { kind: 'number'; value: string }
  /** A name or other text, in any case. */
  | { kind: 'text'; value: string }
  /** An instant, in milliseconds of the epoch, to the second. */
  | { kind: 'time'; value: number }
  /** An id: 8-4-4-4-12 hexadecimal digits. */
  | { kind: 'uuid'; value: string }

/** Place where a secret was found: its position in the list, its form, and the byte offset. Never the secret itself. */
export interface Leak {
  secret: number
  form: string
  at: number
}

/**
 * Searches the bytes of a file for secrets: as text in UTF-8, UTF-16 and Latin-1, as the base64 and hexadecimal of
 * these, and as binary. Does not unpack: pass the contents of a package too.
 * @returns the first place of each secret and form; empty if none was found
 * @throws RangeError for a number of fewer than five digits or a text of fewer than three letters, which occur
 * everywhere
 */
export function findLeaks(bytes: Uint8Array, secrets: readonly Secret[]): Leak[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const views = decodeTexts(buffer)
  return secrets.flatMap((secret, index) => {
    const found = [...findInTexts(secret, views), ...findInBytes(secret, buffer)]
    const forms = new Map(found.map((leak) => [leak.form, leak]).reverse() as [string, { form: string; at: number }][])
    return [...forms.values()].map(({ form, at }) => ({ secret: index, form, at }))
  })
}

interface DecodedText {
  name: string
  text: string
  /** Bytes for each character; approximate offsets are enough for texts of several bytes. */
  width: number
}

function decodeTexts(buffer: Buffer): DecodedText[] {
  const read = (name: string, text: string, width = 1): DecodedText => ({ name, text, width })
  const swapped = Buffer.from(buffer.subarray(0, buffer.length - (buffer.length % 2))).swap16()
  return [
    read('utf8', buffer.toString('utf8')),
    read('latin1', buffer.toString('latin1')),
    read('utf16le', buffer.toString('utf16le'), 2),
    read('utf16le', buffer.subarray(1).toString('utf16le'), 2),
    read('utf16be', swapped.toString('utf16le'), 2),
    read('utf16be', dropFirstByte(buffer).toString('utf16le'), 2),
  ]
}

function dropFirstByte(buffer: Buffer): Buffer {
  const rest = buffer.subarray(1)
  return Buffer.from(rest.subarray(0, rest.length - (rest.length % 2))).swap16()
}

function findInTexts(secret: Secret, views: readonly DecodedText[]): { form: string; at: number }[] {
  return patternsOf(secret).flatMap(({ form, pattern }) =>
    views.flatMap(({ name, text, width }) => {
      const match = pattern.exec(text)
      return match === null ? [] : [{ form: `${form} ${name}`, at: match.index * width }]
    }),
  )
}

/** Allows between digits all separators by which people or formats group them. */
const grouping = '[\\s\\u00a0\\u2009\\u202f.,:;/()_+\\u2010-\\u2015\\u2212-]{0,3}'

function patternsOf(secret: Secret): { form: string; pattern: RegExp }[] {
  if (secret.kind === 'number') {
    const signs = [...secret.value.toLowerCase().replace(/[^\p{L}\d]/gu, '')]
    if (signs.length < 5)
      throw new RangeError('A number of fewer than five signs is in every file: look for a longer one.')
    return [{ form: 'number', pattern: new RegExp(signs.map(escaped).join(grouping), 'iu') }]
  }
  if (secret.kind === 'text') {
    const value = secret.value.normalize('NFC').toLowerCase().trim()
    if (value.length < 3)
      throw new RangeError('A text of fewer than three letters is in every file: look for a longer one.')
    // Searches for the composed and the decomposed form, and the form without diacritics: each as a pattern, because
    // composing megabytes of noise takes seconds.
    const forms = new Set([value, value.normalize('NFD'), value.normalize('NFD').replace(/\p{M}/gu, '')])
    return [...forms].map((form) => {
      const words = form.split(/\s+/).map((word) => [...word].map(escaped).join(''))
      return { form: 'text', pattern: new RegExp(words.join('(?:[\\s_+.-]|%20){1,3}'), 'iu') }
    })
  }
  if (secret.kind === 'time') {
    return timeTexts(secret.value).map(({ form, text }) => ({ form, pattern: new RegExp(text, 'iu') }))
  }
  const hex = secret.value.toLowerCase().replaceAll('-', '')
  return [{ form: 'uuid', pattern: new RegExp([...hex].join('[-:\\s]?'), 'iu') }]
}

/** Returns the formats of an instant, in UTC and in Finnish time: by the minute, and as numbers of the epoch. */
function timeTexts(value: number): { form: string; text: string }[] {
  const zones = ['UTC', 'Europe/Helsinki'].map((zone) =>
    Temporal.Instant.fromEpochMilliseconds(value).toZonedDateTimeISO(zone),
  )
  const two = (part: number) => String(part).padStart(2, '0')
  return [
    ...zones.flatMap((at) => {
      const [day, month] = [two(at.day), two(at.month)]
      const clock = `${two(at.hour)}[:.]?${two(at.minute)}`
      return [
        { form: 'time', text: `${at.year}[-/.]?${month}[-/.]?${day}[t _-]{0,3}${clock}` },
        { form: 'time', text: `0?${at.day}\\.0?${at.month}\\.${at.year}[ ,klo.]{0,6}${clock}` },
      ]
    }),
    { form: 'epoch', text: `(?<!\\d)${seconds(value)}` },
  ]
}

function findInBytes(secret: Secret, buffer: Buffer): { form: string; at: number }[] {
  return needlesOf(secret).flatMap(({ form, needle }) => {
    const at = buffer.indexOf(needle)
    return at < 0 ? [] : [{ form, at }]
  })
}

function needlesOf(secret: Secret): { form: string; needle: Buffer }[] {
  if (secret.kind === 'time') {
    const [second, milli] = [seconds(secret.value), milliseconds(secret.value)]
    return [
      { form: 'seconds, little-endian', needle: littleEndian(second, 4) },
      { form: 'seconds, big-endian', needle: bigEndian(second, 4) },
      { form: 'milliseconds, little-endian', needle: littleEndian(milli, 8) },
      { form: 'milliseconds, big-endian', needle: bigEndian(milli, 8) },
    ]
  }
  if (secret.kind === 'uuid') {
    const raw = Buffer.from(secret.value.replaceAll('-', ''), 'hex')
    // Microsoft's byte order reverses the first three groups.
    const turned = Buffer.from(raw)
    turned.subarray(0, 4).reverse()
    turned.subarray(4, 6).reverse()
    turned.subarray(6, 8).reverse()
    const written = secret.value.toLowerCase()
    return [
      { form: 'uuid, binary', needle: raw },
      { form: 'uuid, binary, turned', needle: turned },
      ...encodings('uuid, binary', raw),
      ...encodings('uuid', Buffer.from(written)),
      ...encodings('uuid', Buffer.from(written.toUpperCase())),
    ]
  }
  const value = secret.value.normalize('NFC').trim()
  const cases = new Set([value, value.toLowerCase(), value.toUpperCase(), value.replace(/[^\p{L}\d]/gu, '')])
  return [...cases].flatMap((text) =>
    (['utf8', 'utf16le', 'latin1'] as const).flatMap((encoding) => encodings(secret.kind, Buffer.from(text, encoding))),
  )
}

function escaped(sign: string): string {
  return sign.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
