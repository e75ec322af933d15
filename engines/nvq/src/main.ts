/** nvq as a program: one question on its standard input, one answer on its standard output (docs/formats/voice-process.md). */
import { buffer } from 'node:stream/consumers'
import { nvq } from './nvq.ts'
import { readQuestion, writeAnswer } from './protocol.ts'

const { track, random } = readQuestion(await buffer(process.stdin))
process.stdout.write(writeAnswer(await nvq.revoice(track, random)))
