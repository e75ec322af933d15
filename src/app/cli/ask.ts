/** Questions at a terminal, one line each. A question is repeated until its answer is valid. */
import { createInterface } from 'node:readline/promises'
import type { Readable } from 'node:stream'
import { Fault } from '#platform/fault.ts'

/** Result of reading an answer: the value, or what is wrong with it. */
export type Answer<Value> = { value: Value } | { wrong: string }

export interface Question<Value> {
  /** Question, and the format of its answer. */
  prompt: string
  /** Default for an empty line. */
  preset?: string | undefined
  read: (text: string) => Answer<Value>
}

export interface Terminal {
  print: (text: string) => void
  ask: <Value>(question: Question<Value>) => Promise<Value>
  close: () => void
}

/** @throws Fault `argument-wrong` if the input ends before the last question */
export function openTerminal(
  input: Readable = process.stdin,
  print = (text: string) => void process.stdout.write(text),
): Terminal {
  const reader = createInterface({ input, terminal: false })
  // Piped lines may arrive before their question is printed.
  const lines = reader[Symbol.asyncIterator]()
  return {
    print,
    async ask({ prompt, preset, read }) {
      for (;;) {
        print(`  ${prompt}${preset === undefined ? '' : ` [${preset}]`}: `)
        const { value: line, done } = await lines.next()
        if (done === true)
          throw new Fault('argument-wrong', 'the input ended before the last question; nothing was written')
        const answer = read(line.trim() || (preset ?? ''))
        if ('value' in answer) return answer.value
        print(`    ${answer.wrong}\n`)
      }
    },
    close: () => reader.close(),
  }
}

export function readText(text: string): Answer<string> {
  return text === '' ? { wrong: 'an answer is needed' } : { value: text }
}

/** Makes an answer optional: an empty line is read as undefined. */
export function optional<Value>(read: (text: string) => Answer<Value>): (text: string) => Answer<Value | undefined> {
  return (text) => (text === '' ? { value: undefined } : read(text))
}

export function readDay(text: string): Answer<string> {
  try {
    return { value: Temporal.PlainDate.from(text).toString() }
  } catch {
    return { wrong: 'not a date: write it as 2026-12-31' }
  }
}
