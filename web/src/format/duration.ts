import type { Say } from '../language/use-words.ts'

/** A position in a recording or a clock that runs: `1.02.05`, `2.05`, `0.07`. */
export function formatPosition(ms: number): string {
  const { hours, minutes, seconds } = parts(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}.${two(minutes)}.${two(seconds)}` : `${minutes}.${two(seconds)}`
}

/** A length in words: `1 h 2 min 5 s`, `3 min 20 s`, `7 s`. The abbreviations are the same in all three languages. */
export function formatLength(ms: number): string {
  const { hours, minutes, seconds } = parts(ms)
  const said = [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`, seconds > 0 && `${seconds} s`].filter(
    Boolean,
  )
  return said.length > 0 ? said.join(' ') : '0 s'
}

/** A position as it is spoken, for screen readers: `2 minuuttia 5 sekuntia`. */
export function sayPosition(ms: number, say: Say): string {
  const { hours, minutes, seconds } = parts(ms)
  return [
    hours > 0 && say('shell.time.hours', { count: hours }),
    (minutes > 0 || hours > 0) && say('shell.time.minutes', { count: minutes }),
    say('shell.time.seconds', { count: seconds }),
  ]
    .filter(Boolean)
    .join(' ')
}

/** How long there is still to wait, as it is spoken; what there is none of is left out: `2 minuuttia`. */
export function sayWait(ms: number, say: Say): string {
  const { hours, minutes, seconds } = parts(ms)
  const said = [
    hours > 0 && say('shell.time.hours', { count: hours }),
    minutes > 0 && say('shell.time.minutes', { count: minutes }),
    seconds > 0 && say('shell.time.seconds', { count: seconds }),
  ].filter(Boolean)
  return said.length > 0 ? said.join(' ') : say('shell.time.seconds', { count: 0 })
}

/** Reads a position as people write it: `1.02.05`, `2:05`, `65`. Milliseconds, or undefined for anything else. */
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
