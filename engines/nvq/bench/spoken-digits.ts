/**
 * A small recogniser of spoken digits: dynamic time warping against the same digits of other voices of the language. Tested with
 * six people of Asterisk's prompts, two in each of three languages, and with synthetic voices in Finnish, Swedish and English.
 * Languages with a single person are left out: synthetic voices do not recognise a person's digits.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VoiceEngine } from '../src/engine.ts'
import { seeded } from './seeded.ts'
import { asTelephone, cacheFolder, keepPieces, readPieces, unpacked } from './speech-packages.ts'
import { cepstra, cepstraOf } from './voice-frames.ts'

interface DigitVoice {
  id: string
  language: string
  /** Ten pieces: the digits 0 to 9. */
  digits: readonly Int16Array[]
  tested: boolean
}

const humans = [
  ['es', 'asterisk-prompt-es-co', 'es_CO_f_Avatar'],
  ['es', 'asterisk-core-sounds-es-wav', 'es_MX_f_Allison'],
  ['fr', 'asterisk-core-sounds-fr-wav', 'fr_CA_f_June'],
  ['fr', 'asterisk-prompt-fr-armelle', 'fr'],
  ['it', 'asterisk-core-sounds-it-wav', 'it_IT_m_Carlo'],
  ['it', 'asterisk-prompt-it-menardi-wav', 'it_IT_f_Menardi'],
] as const

const templateVariants = ['m1', 'm3', 'f1', 'f4']
const testVariants = ['m5', 'm7', 'f2', 'f5']
const synthesised = ['fi', 'sv', 'en', 'es', 'fr-fr', 'it']
const testedSynthetic = ['fi', 'sv', 'en']

export async function digitVoices(): Promise<readonly DigitVoice[]> {
  const voices: DigitVoice[] = []
  for (const [language, debianPackage, folder] of humans) {
    const id = `${language} ${folder}`
    const digits = await kept(id, async () => {
      const root = unpacked(debianPackage)
      const at = (digit: number) =>
        ['wav', 'gsm'].map((end) => `usr/share/asterisk/sounds/${folder}/digits/${digit}.${end}`)
      const files = Array.from({ length: 10 }, (_, digit) =>
        at(digit)
          .map((file) => join(root ?? '', file))
          .find(existsSync),
      )
      if (files.includes(undefined)) return []
      return Promise.all(files.map((file) => asTelephone(file!)))
    })
    if (digits.length === 10) voices.push({ id, language, digits, tested: true })
  }
  for (const espeak of synthesised) {
    const tested = testedSynthetic.includes(espeak)
    for (const variant of [...templateVariants, ...(tested ? testVariants : [])]) {
      const id = `${espeak}+${variant}`
      const digits = await kept(id, () => synthetic(espeak, variant))
      voices.push({ id, language: espeak.slice(0, 2), digits, tested: testVariants.includes(variant) })
    }
  }
  return voices
}

async function kept(id: string, make: () => Promise<Int16Array[]>): Promise<Int16Array[]> {
  const file = join(cacheFolder, 'digits', `${id}.s16`)
  if (!existsSync(file)) keepPieces(file, await make())
  return readPieces(file)
}

async function synthetic(language: string, variant: string): Promise<Int16Array[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'digits-'))
  const pieces: Int16Array[] = []
  for (let digit = 0; digit < 10; digit++) {
    const wav = join(scratch, `${digit}.wav`)
    execFileSync('espeak-ng', ['-v', `${language}+${variant}`, '-w', wav, String(digit)])
    pieces.push(await asTelephone(wav))
  }
  rmSync(scratch, { recursive: true })
  return pieces
}

/** Joins the ten digits to one recording, as in a call, re-voices it and splits it at the same positions. */
async function respoken(engine: VoiceEngine, { id, digits }: DigitVoice, side: string): Promise<Int16Array[]> {
  const gap = 1600
  const samples = new Int16Array(digits.reduce((sum, { length }) => sum + length + gap, gap))
  const starts: number[] = []
  let at = gap
  for (const digit of digits) {
    starts.push(at)
    samples.set(digit, at)
    at += digit.length + gap
  }
  const chance = seeded(`digits ${side} ${id}`)
  const out = await engine.revoice({ samples, redacted: [] }, (size) => chance.bytes(size))
  // With a margin, because the ends of the digit may have moved.
  return digits.map(({ length }, digit) => out.slice(starts[digit]! - 400, starts[digit]! + length + 400))
}

const terms = 13

/** Returns cepstra (without the level) and their slopes, each normalised to mean 0 and standard deviation 1 over the word. */
function pattern(samples: Int16Array): Float32Array[] {
  const { frames, all, loudness } = cepstraOf(samples)
  const loud = loudness.reduce((one, other) => Math.max(one, other), 0)
  const spoken = Array.from({ length: frames }, (_, frame) => frame).filter((frame) => loudness[frame]! > loud - 30)
  const [from, to] = [spoken[0] ?? 0, spoken.at(-1) ?? 0]
  const value = (frame: number, term: number) =>
    all[Math.min(frames - 1, Math.max(0, frame)) * cepstra + (term % terms) + 1]!
  const rows = Array.from({ length: to - from + 1 }, (_, at) =>
    Float32Array.from({ length: 2 * terms }, (_, term) =>
      term < terms ? value(from + at, term) : value(from + at + 3, term) - value(from + at - 3, term),
    ),
  )
  for (let term = 0; term < 2 * terms; term++) {
    const mean = rows.reduce((sum, row) => sum + row[term]!, 0) / rows.length
    const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (row[term]! - mean) ** 2, 0) / rows.length) + 1e-3
    // Higher cepstra depend more on the voice than on the word.
    const weight = 1 / (1 + 0.12 * (term % terms))
    for (const row of rows) row[term] = ((row[term]! - mean) / deviation) * weight
  }
  return rows
}

function distance(one: readonly Float32Array[], other: readonly Float32Array[]): number {
  let before = new Float64Array(other.length + 1).fill(Infinity)
  before[0] = 0
  for (const row of one) {
    const here = new Float64Array(other.length + 1).fill(Infinity)
    for (let at = 1; at <= other.length; at++) {
      const theirs = other[at - 1]!
      let sum = 0
      for (let order = 0; order < row.length; order++) sum += (row[order]! - theirs[order]!) ** 2
      here[at] = Math.sqrt(sum) + Math.min(before[at - 1]!, before[at]!, here[at - 1]!)
    }
    before = here
  }
  return before[other.length]! / (one.length + other.length)
}

/** Draws per voice: with a single draw, error rates vary by three percentage points. */
const draws = 8

export interface DigitErrors {
  /** Number of tested digits, over all draws. */
  tested: number
  /** Error rate with templates of original speech only, or also of the engine's output. */
  errorsWithOriginals: number
  errorsWithBoth: number
}

export async function digitErrors(engine: VoiceEngine, voices: readonly DigitVoice[]): Promise<DigitErrors> {
  const templates: { voice: DigitVoice; digit: number; rows: Float32Array[]; original: boolean }[] = []
  const tests: { voice: DigitVoice; digit: number; rows: Float32Array[] }[] = []
  for (const voice of voices) {
    voice.digits.forEach((samples, digit) => templates.push({ voice, digit, rows: pattern(samples), original: true }))
    if (engine.name !== 'original')
      for (const [digit, samples] of (await respoken(engine, voice, 'template')).entries())
        templates.push({ voice, digit, rows: pattern(samples), original: false })
    if (!voice.tested) continue
    for (let draw = 0; draw < (engine.name === 'original' ? 1 : draws); draw++)
      for (const [digit, samples] of (await respoken(engine, voice, draw === 0 ? 'test' : `test ${draw}`)).entries())
        tests.push({ voice, digit, rows: pattern(samples) })
  }
  const wrong = (known: (original: boolean) => boolean) =>
    tests.filter(({ voice, digit, rows }) => {
      const distances = new Map<number, number[]>()
      for (const template of templates) {
        // Never compares a voice with itself; synthetic voices only with the variants reserved for templates.
        if (template.voice.id === voice.id || template.voice.language !== voice.language) continue
        if (!known(template.original) || (template.voice.tested && template.voice.id.includes('+'))) continue
        distances.set(template.digit, [...(distances.get(template.digit) ?? []), distance(rows, template.rows)])
      }
      const score = (values: number[]) => Math.min(...values)
      const [best] = [...distances].sort(([, one], [, other]) => score(one) - score(other))[0] ?? [-1]
      return best !== digit
    }).length / tests.length
  return { tested: tests.length, errorsWithOriginals: wrong((original) => original), errorsWithBoth: wrong(() => true) }
}
