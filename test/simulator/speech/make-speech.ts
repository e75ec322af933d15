/**
 * Reads the scripts of dialogues.ts aloud and writes `spoken/<key>.alaw` and `spoken/<key>.json`.
 *
 *   node test/simulator/speech/make-speech.ts [key...]
 *
 * Needed only when a script changes; the result is kept in the repository, because a machine that runs the demo has
 * none of these programs: festival with festvox-suopuhe-lj and festvox-suopuhe-mv (Finnish), espeak-ng (Swedish,
 * English), sox. Sound: 8 kHz A-law without a header, utterances end to end; pauses are in the JSON, not in the sound.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linearToAlaw } from '../g711.ts'
import { scripts, type Language, type Script, type Voice } from './dialogues.ts'

const speechDbfs = -20
const peakDbfs = -1.5
const defaultPauseMs = 420
const sampleRate = 8000
/** Factor for the pace, because the synthesisers read more slowly than people speak on the telephone. */
const paceFactor = 1.14
const folder = join(import.meta.dirname, 'spoken')

const festivalVoices = { female: 'voice_suo_fi_lj_diphone', male: 'voice_hy_fi_mv_diphone' }
const espeakVoices: Record<Exclude<Language, 'fi'>, Record<Voice['gender'], string>> = {
  sv: { female: 'sv+f2', male: 'sv+m3' },
  en: { female: 'en-gb+f2', male: 'en-gb+m3' },
}

/** Reads a text aloud into a WAV file. Festival's Finnish voices read ISO-8859-15. */
const synthesise = (text: string, language: Language, voice: Voice, wav: string, scratch: string): void => {
  if (language === 'fi') {
    const latin = join(scratch, 'text.txt')
    // The Finnish letters have the same codes in ISO-8859-15 and Latin-1.
    writeFileSync(latin, Buffer.from(text, 'latin1'))
    execFileSync('text2wave', ['-eval', `(${festivalVoices[voice.gender]})`, latin, '-o', wav])
  } else {
    execFileSync('espeak-ng', ['-v', espeakVoices[language][voice.gender], '-s', '158', '-w', wav, text])
  }
}

const dbfs = (ratio: number): number => 20 * Math.log10(ratio)

/** Normalises speech to -20 dBFS RMS, never above the peak limit. */
const level = (samples: Int16Array): Int16Array => {
  let squares = 0
  let peak = 1
  for (const sample of samples) {
    squares += sample * sample
    peak = Math.max(peak, Math.abs(sample))
  }
  const rms = Math.sqrt(squares / samples.length)
  const gainDb = Math.min(speechDbfs - dbfs(rms / 32768), peakDbfs - dbfs(peak / 32768))
  return samples.map((sample) => Math.round(sample * 10 ** (gainDb / 20)))
}

/**
 * Returns one utterance as a telephone would transmit it: 300-3,400 Hz, silence trimmed at both ends, light
 * compression.
 */
const speak = (text: string, language: Language, voice: Voice, scratch: string): Int16Array => {
  const wav = join(scratch, 'voice.wav')
  synthesise(text, language, voice, wav, scratch)
  const trim = ['silence', '1', '0.02', '0.4%', 'reverse', 'silence', '1', '0.02', '0.4%', 'reverse']
  const shape = ['pitch', String(voice.pitchCents), 'tempo', '-s', String(voice.pace * paceFactor)]
  const line = ['highpass', '300', 'lowpass', '3400', 'compand', '0.01,0.15', '6:-50,-45,-20,-14,0,-8', '-3', '-30']
  const raw = execFileSync(
    'sox',
    [
      wav,
      '-t',
      'raw',
      '-e',
      'signed',
      '-b',
      '16',
      '-L',
      '-r',
      String(sampleRate),
      '-c',
      '1',
      '-',
      ...trim,
      ...shape,
      ...line,
      'pad',
      '0',
      '0.06',
    ],
    { maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return level(new Int16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)))
}

const record = (script: Script, scratch: string): number => {
  const sound: Uint8Array[] = []
  let offset = 0
  const lines = script.lines.map(([who, text, pauseMs = defaultPauseMs]) => {
    const alaw = linearToAlaw(speak(text, script.language, script.voices[who], scratch))
    sound.push(alaw)
    const line = { who, text, offset, length: alaw.length, pauseMs }
    offset += alaw.length
    return line
  })
  const { key, title, language, line, voices } = script
  const description = {
    key,
    title,
    language,
    line,
    officialGender: voices.official.gender,
    callerGender: voices.caller.gender,
    lines,
  }
  writeFileSync(join(folder, `${key}.alaw`), Buffer.concat(sound))
  writeFileSync(join(folder, `${key}.json`), `${JSON.stringify(description, null, 2)}\n`)
  const totalMs = lines.reduce((sum, each) => sum + each.pauseMs + each.length / (sampleRate / 1000), 0)
  process.stdout.write(`${key}: ${(totalMs / 1000).toFixed(1)} s, ${offset} bytes\n`)
  return offset
}

const wanted = new Set(process.argv.slice(2))
const scratch = mkdtempSync(join(tmpdir(), 'seloste-speech-'))
mkdirSync(folder, { recursive: true })
let totalBytes = 0
for (const script of scripts) if (wanted.size === 0 || wanted.has(script.key)) totalBytes += record(script, scratch)
rmSync(scratch, { recursive: true })
process.stdout.write(`total ${totalBytes} bytes\n`)
// The sound is in the repository, so it must stay small.
if (totalBytes > 4_000_000) throw new Error('speech is larger than 4 MB')
