/** Questions at a terminal: one line each, asked again until the answer can be used. */
import { createInterface } from 'node:readline/promises'
import type { Readable } from 'node:stream'
import { Fault } from '#platform/fault.ts'

/** Result of reading an answer: the value, or what is wrong with it. */
export type Answer<Value> = { value: Value } | { wrong: string }

export interface Question<Value> {
  /** What is asked, and how to write it. */
  prompt: string
  /** Taken if the line is empty. */
  preset?: string | undefined
  read: (text: string) => Answer<Value>
}

export interface Terminal {
  print: (text: string) => void
  ask: <Value>(question: Question<Value>) => Promise<Value>
  close: () => void
}

/** @throws Fault `argument-wrong` where the input ends before the last question */
export function openTerminal(
  input: Readable = process.stdin,
  print = (text: string) => void process.stdout.write(text),
): Terminal {
  const reader = createInterface({ input, terminal: false })
  // Piped lines may come before they are asked for.
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
  return text === '' ? { wrong: 'something must be written' } : { value: text }
}

/** An empty line is no answer. */
export function optional<Value>(read: (text: string) => Answer<Value>): (text: string) => Answer<Value | undefined> {
  return (text) => (text === '' ? { value: undefined } : read(text))
}

export function readDay(text: string): Answer<string> {
  try {
    return { value: Temporal.PlainDate.from(text).toString() }
  } catch {
    return { wrong: 'a day is written 2026-12-31' }
  }
}
