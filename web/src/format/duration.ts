import type { Translate } from '../language/use-words.ts'

/** Formats a position or a running clock: `1.02.05`, `2.05`, `0.07`. */
export function formatPosition(ms: number): string {
  const { hours, minutes, seconds } = parts(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}.${two(minutes)}.${two(seconds)}` : `${minutes}.${two(seconds)}`
}

/** Formats a length: `1 h 2 min 5 s`, `3 min 20 s`, `7 s`. The abbreviations are the same in all three languages. */
export function formatLength(ms: number): string {
  const { hours, minutes, seconds } = parts(ms)
  const text = [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`, seconds > 0 && `${seconds} s`].filter(
    Boolean,
  )
  return text.length > 0 ? text.join(' ') : '0 s'
}

/** Returns a position in words, for screen readers: `2 minuuttia 5 sekuntia`. */
export function positionText(ms: number, t: Translate): string {
  const { hours, minutes, seconds } = parts(ms)
  return [
    hours > 0 && t('shell.time.hours', { count: hours }),
    (minutes > 0 || hours > 0) && t('shell.time.minutes', { count: minutes }),
    t('shell.time.seconds', { count: seconds }),
  ]
    .filter(Boolean)
    .join(' ')
}

/** Returns a waiting time in words, without zero parts: `2 minuuttia`. */
export function waitText(ms: number, t: Translate): string {
  const { hours, minutes, seconds } = parts(ms)
  const text = [
    hours > 0 && t('shell.time.hours', { count: hours }),
    minutes > 0 && t('shell.time.minutes', { count: minutes }),
    seconds > 0 && t('shell.time.seconds', { count: seconds }),
  ].filter(Boolean)
  return text.length > 0 ? text.join(' ') : t('shell.time.seconds', { count: 0 })
}

/** Parses a position: `1.02.05`, `2:05`, `65`. Returns milliseconds, or undefined for anything else. */
export function readPosition(written: string): number | undefined {
  const fields = written.trim().split(/[.:]/)
  if (fields.length > 3 || fields.some((field) => !/^\d{1,5}$/.test(field))) return undefined
  if (fields.slice(1).some((field) => Number(field) > 59)) return undefined
  return fields.reduce((seconds, field) => seconds * 60 + Number(field), 0) * 1000
}

function parts(ms: number): { hours: number; minutes: number; seconds: number } {
  const total = Math.max(0, Math.floor(ms / 1000))
  return { hours: Math.floor(total / 3600), minutes: Math.floor(total / 60) % 60, seconds: total % 60 }
}
