/**
 * Recognition by whisper.cpp as a program: one request on standard input, words on standard output
 * (docs/formats/voice-process.md). Arguments: `--program=` path of whisper-cli, `--model=` path of its model, `--threads=`.
 * Writes no file.
 */
import { buffer } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { cutSilence } from './cut-silence.ts'
import { doubleRate } from './double-rate.ts'
import { readRequest } from './read-request.ts'
import { readWords } from './read-words.ts'
import { runWhisper } from './run-whisper.ts'

const { values } = parseArgs({
  options: { program: { type: 'string' }, model: { type: 'string' }, threads: { type: 'string', default: '2' } },
})
const { program, model, threads } = values
if (program === undefined || model === undefined) process.exit(2)

const { samples, language } = readRequest(await buffer(process.stdin))
const { sounding, placeOf } = cutSilence(samples)
const answer =
  sounding.length === 0 ? undefined : await runWhisper({ program, model, threads, language }, doubleRate(sounding))
const words = answer === undefined ? [] : readWords(answer, sounding.length)
const lines = words
  .map(({ word, confidence, ...span }) => ({ word, ...placeOf(span), confidence, language }))
  .sort((one, other) => one.from - other.from)
process.stdout.write([...lines, { words: lines.length }].map((line) => `${JSON.stringify(line)}\n`).join(''))
