// Recognition by whisper.cpp: the program between Seloste and whisper-cli, and its entry. No published model was tried: a stand-in
// prints whisper-cli's form, and the real program, where it is installed, runs a model of random weights.
import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { recogniser } from '#app/cli/recogniser/recogniser.ts'
import { whisperEntry } from '#app/cli/recogniser/whisper-entry.ts'
import { readWhisperModel } from '#app/cli/recogniser/whisper-model.ts'
import { readSettings } from '#platform/config/settings.ts'
import { recogniseProcess } from '#use/disclosure/voice/recognise-process.ts'
import { cutSilence } from '../../engines/whisper/src/cut-silence.ts'
import { doubleRate } from '../../engines/whisper/src/double-rate.ts'
import { readWords } from '../../engines/whisper/src/read-words.ts'
import { writeRandomModel } from './write-random-model.ts'

const rate = 8000
const realProgram = process.env['SELOSTE_TEST_WHISPER_CLI'] ?? '/usr/bin/whisper-cli'
const isInstalled = spawnSync(realProgram, ['--version']).status === 0

let folder: string
let program: string
let model: string
let engine: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-whisper-'))
  program = join(folder, 'whisper-cli')
  model = join(folder, 'ggml-random.bin')
  // A copy, because an engine that is group-writable is refused, and a checkout may be.
  engine = join(folder, 'engine')
  await cp(fileURLToPath(new URL('../../engines/whisper/', import.meta.url)), engine, { recursive: true })
  spawnSync('chmod', ['-R', 'go-w', engine])
  writeRandomModel(model)
  await chmod(model, 0o644)
  await standIn(written)
})
afterAll(() => rm(folder, { recursive: true }))

const tone = (seconds: number, hertz = 200) =>
  Int16Array.from({ length: seconds * rate }, (_, at) => Math.round(6000 * Math.sin((2 * Math.PI * hertz * at) / rate)))
function joined(...parts: Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]))
}

type Token = [text: string, from: number, to: number, p: number]
/** As whisper-cli 1.9.1 writes it with `--output-json-full`, without the members that nothing reads. */
function jsonOf(...segments: Token[][]): string {
  const transcription = segments.map((tokens) => ({
    offsets: { from: tokens[0]![1], to: tokens.at(-1)![2] },
    text: tokens.map(([text]) => text).join(''),
    tokens: tokens.map(([text, from, to, p]) => ({ text, offsets: { from, to }, id: 1, p, t_dtw: -1 })),
  }))
  return JSON.stringify({ result: { language: 'fi' }, transcription })
}
const written = jsonOf(
  [
    ['[_BEG_]', 0, 0, 0.9],
    [' Puhelin', 100, 300, 0.95],
    ['num', 300, 420, 0.55],
    ['eroni', 420, 700, 0.99],
    [' on', 700, 800, 0.98],
    [' 040', 800, 1200, 0.9],
    [',', 1200, 1210, 0.2],
    [' -', 1210, 1220, 0.5],
  ],
  [
    [' Hyvää', 1300, 1900, 0.8],
    ['[_TT_95]', 1900, 1900, 0.9],
  ],
)

/** A program that prints `json` where whisper-cli does, if it gets a WAV file at 16 kHz and the options that it needs. */
async function standIn(json: string) {
  await writeFile(
    program,
    `#!/bin/sh
[ "$1" = --version ] && { echo 'whisper.cpp version: 1.9.1'; exit; }
while [ $# -gt 0 ]; do
  case "$1" in
    --output-file) out=$2 ;;
    --language) language=$2 ;;
    --model) [ -s "$2" ] || exit 3 ;;
  esac
  shift
done
[ "$(dd bs=1 count=4 2>/dev/null)" = RIFF ] || exit 4
cat > /dev/null
[ "$language" = fi ] || exit 5
cat > "$out.json" <<'END'
${json}
END
`,
  )
  await chmod(program, 0o755)
}

const named = async (path = program) =>
  whisperEntry({ program: path, model, threads: 1, folders: [] }, await readWhisperModel(model), engine)

test('tokens become words with times, and a word is as sure as its least sure token', () => {
  expect(readWords(Buffer.from(written), 2 * rate)).toEqual([
    { word: 'Puhelinnumeroni', from: 800, to: 5600, confidence: 0.55 },
    { word: 'on', from: 5600, to: 6400, confidence: 0.98 },
    { word: '040,', from: 6400, to: 9680, confidence: 0.9 },
    { word: 'Hyvää', from: 10_400, to: 15_200, confidence: 0.8 },
  ])
})

test('a letter whose bytes are in two tokens is whole in its word, and a line break in a token is no fault', () => {
  const ä = Buffer.from('ä')
  const token = (text: Buffer) => [Buffer.from('{"text":"'), text, Buffer.from('","p":0.9}')]
  const whole = Buffer.concat([
    Buffer.from('{"transcription":[{"offsets":{"from":0,"to":100},"tokens":['),
    ...token(Buffer.concat([Buffer.from(' H'), ä.subarray(0, 1)])),
    Buffer.from(','),
    ...token(Buffer.concat([ä.subarray(1), Buffer.from('n\n')])),
    Buffer.from(']}]}'),
  ])
  expect(readWords(whole, rate)).toEqual([{ word: 'Hän', from: 0, to: 800, confidence: 0.9 }])
})

test('words that the program places behind the end are within the track, in their order', () => {
  const json = jsonOf([
    [' yksi', 900, 1400, 0.9],
    [' kaksi', 5000, 9000, 0.9],
    [' kolme', 4000, 4100, 1.2],
  ])
  expect(readWords(Buffer.from(json), rate)).toEqual([
    { word: 'yksi', from: 7200, to: 8000, confidence: 0.9 },
    { word: 'kaksi', from: 7200, to: 8000, confidence: 0.9 },
    { word: 'kolme', from: 7200, to: 8000, confidence: 1 },
  ])
})

test('a long silence is shortened, nothing that sounds is cut, and a word returns to its place', () => {
  const silence = new Int16Array(10 * rate).fill(20)
  const track = joined(silence, tone(1), silence, tone(2))
  const { sounding, placeOf } = cutSilence(track)
  expect(sounding.length / rate).toBe(0.5 + 1 + 1 + 2)
  expect(sounding.filter((sample) => Math.abs(sample) > 64)).toEqual(track.filter((sample) => Math.abs(sample) > 64))
  const seconds = (from: number, to: number) => {
    const place = placeOf({ from: from * rate, to: to * rate })
    return [place.from / rate, place.to / rate]
  }
  expect(seconds(0.5, 1)).toEqual([10, 10.5])
  expect(seconds(2.5, 4.5)).toEqual([21, 23])
  // A word whose end, or beginning, reaches into the silence beside it.
  expect(seconds(1, 2.3)).toEqual([10.5, 11.5])
  expect(seconds(1.7, 3)).toEqual([20.5, 21.5])
  expect(seconds(1, 3)).toEqual([10.5, 21.5])
})

test('without a long silence everything stays, and of silence alone nothing', () => {
  const track = joined(tone(1), new Int16Array(0.9 * rate), tone(1))
  expect(cutSilence(track).sounding).toEqual(track)
  expect(cutSilence(track).placeOf({ from: 5, to: 20_000 })).toEqual({ from: 5, to: 20_000 })
  expect(cutSilence(new Int16Array(3 * rate)).sounding).toHaveLength(0)
})

test.each([300, 1000, 3000])('at twice the rate a tone of %i Hz is the same tone', (hertz) => {
  const doubled = doubleRate(tone(1, hertz))
  const errors = doubled
    .subarray(100, -100)
    .map((sample, at) => Math.abs(sample - 6000 * Math.sin((2 * Math.PI * hertz * (at + 100)) / (2 * rate))))
  expect(Math.max(...errors)).toBeLessThan(60)
})

test('Seloste runs whisper-cli through the printed entry, without a network, and gets its words', async () => {
  const entry = await named()
  expect(entry).toMatchObject({ name: 'Whisper tiny', version: 'whisper.cpp 1.9.1', network: 'shut' })
  const words = await recogniseProcess(entry).recognise(joined(new Int16Array(5 * rate), tone(3)), 'fi')
  expect(words.map(({ text, from }) => [text, from / rate])).toEqual([
    ['Puhelinnumeroni', 4.6],
    ['on', 5.2],
    ['040,', 5.3],
    ['Hyvää', 5.8],
  ])
})

test('a silent track has no words, and whisper-cli is not started for it', async () => {
  await standIn('not JSON')
  expect(await recogniseProcess(await named()).recognise(new Int16Array(2 * rate), 'fi')).toEqual([])
  await expect(recogniseProcess(await named()).recognise(tone(2), 'fi')).rejects.toMatchObject({
    code: 'program-failed',
  })
  await standIn(written)
})

test('a model or a whisper-cli with another hash than the entry has is not run', async () => {
  const entry = await named()
  const [modelBytes, programBytes] = [await readFile(model), await readFile(program)]
  for (const [path, bytes] of [
    [model, modelBytes],
    [program, programBytes],
  ] as const) {
    await writeFile(path, Buffer.concat([bytes, Buffer.from('\n')]))
    const refusal = recogniseProcess(entry).recognise(tone(1), 'fi')
    await expect(refusal).rejects.toMatchObject({
      code: 'program-changed',
      message: expect.stringContaining(path) as string,
    })
    await writeFile(path, bytes)
  }
})

test('no entry is printed for a missing model, a file that is none, one for English only, or another program', async () => {
  const text = join(folder, 'page.html')
  await writeFile(text, '<html>Access to the model is denied, sign in first</html>')
  const english = join(folder, 'ggml-random.en.bin')
  writeRandomModel(english, 51_864)
  const run = (given: string, of: string) =>
    recogniser(() => readSettings({}, folder), ['whisper', '--program', given, '--model', of])
  for (const [given, of, problem] of [
    [program, join(folder, 'none.bin'), /none.bin is not a file; .*ggml-small.bin \(466 MB\)/],
    [program, text, /is no model of whisper.cpp/],
    [program, english, /knows English only/],
    [join(folder, 'none'), model, /name whisper-cli/],
    ['/bin/true', model, /does not print its version/],
  ] as const)
    await expect(run(given, of)).rejects.toMatchObject({
      code: 'argument-wrong',
      message: expect.stringMatching(problem) as string,
    })
})

test('a try on an audio file prints words, and how many are wrong and marked', async () => {
  const [enginesFile, sound, text] = ['engines.json', 'tone.sln', 'said.txt'].map((name) => join(folder, name))
  await writeFile(enginesFile!, JSON.stringify({ recognition: [await named()] }))
  await writeFile(sound!, Buffer.from(tone(2).buffer))
  await writeFile(text!, 'Puhelimeni numero on 040. Hyvää!')
  const printed: string[] = []
  const print = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
  try {
    const settings = () => readSettings({ SELOSTE_ENGINES: enginesFile }, folder)
    await recogniser(settings, ['try', sound!, '--language', 'fi', '--text', text!])
  } finally {
    print.mockRestore()
  }
  expect(printed[0]).toBe('    0.10      0.70  0.55  Puhelinnumeroni')
  expect(printed.slice(-3)).toEqual([
    expect.stringMatching(/^4 words in \d+\.\d s, of 2\.0 s of sound$/),
    'of 5 words said: 1 replaced, 1 missing, 0 added (word error rate 40 %)',
    'marked: 1 of 1 wrong words, 0 of 3 right ones',
  ])
})

test.skipIf(!isInstalled)(
  'whisper-cli itself runs a model of random weights, and its words keep to the protocol',
  async () => {
    const words = await recogniseProcess(await named(realProgram)).recognise(tone(4), 'fi')
    expect(words.length).toBeGreaterThan(0)
    expect(words.every(({ confidence }) => confidence > 0 && confidence <= 1)).toBe(true)
  },
)
