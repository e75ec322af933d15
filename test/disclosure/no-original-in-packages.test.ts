// R27, R33: a release for research contains nothing of an original, neither of the received call nor of anything
// derived from it, up to the downloaded package.
import { expect, test } from 'vitest'
import { openVoiceEngines } from '#app/custodian/voice-engines.ts'
import type { RegisterTables } from '#register/tables.ts'
import { linearToAlaw } from '#test/simulator/g711.ts'
import { findLeaks } from './find-leaks.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { nameVoice } from './name-voice.ts'
import { openCopies, redaction, samplesOf, turns, wholeMs } from './open-copies.ts'
import { archiveIn, openPackages, unzip } from './open-packages.ts'

const database = await createTestDatabase<RegisterTables>()
const copies = await openCopies(database, { engines: await openVoiceEngines(await nameVoice('signal')) })
const { instituteKeys, release, until, fetchLink } = await openPackages(database, copies)

/** Number of equal bytes in a row that cannot be chance. */
const rowBytes = 12

/** First bytes of every file encrypted to a key. */
const ageIntro = 'age-encryption.org/v1\n-> X25519 '

/**
 * Returns the sequences of an original's bytes, one at every step, without sequences of one repeated byte, which are in
 * any file.
 */
function sequencesOf(bytes: Buffer, step: number): string[] {
  return Array.from({ length: Math.floor((bytes.length - rowBytes) / step) + 1 }, (_, at) =>
    bytes.toString('latin1', at * step, at * step + rowBytes),
  ).filter((row) => new Set(row).size > 2)
}

/** Returns where a file contains a sequence of the original. */
function findSequences(file: Buffer, sequences: ReadonlySet<string>): number[] {
  const text = file.toString('latin1')
  return Array.from({ length: Math.max(0, text.length - rowBytes + 1) }, (_, at) => at)
    .filter((at) => sequences.has(text.slice(at, at + rowBytes)))
    .slice(0, 3)
}

test.each([
  ['WAV', 'T'],
  ['OPUS', 'T'],
  ['WAV', 'D'],
] as const)(
  'no byte of a received, sealed or played original, and nothing that was removed, is in a package (%s, level %s)',
  async (format, level) => {
    if (level === 'D') await copies.allowPseudonymised()
    const instituteId = await copies.enterInstitute({ recipient: instituteKeys.recipient })
    const disclosure = await copies.beginDisclosure({ instituteId, format })
    const text = 'nimeni on Matti Virtanen ja puhelinnumeroni on 040 123 4567'
    const work = {
      level,
      turns: [{ ...turns[0]!, text: text }, turns[1]!],
      redactions: [
        { ...redaction, fromMs: 1300, toMs: 2000 },
        { ...redaction, fromMs: 2200, toMs: wholeMs, reason: 'PHONE' as const },
      ],
    }
    const { recording, sealed } = await copies.approvedCopy(work, disclosure)
    await copies.recordUndertaking(disclosure)
    expect(await copies.decide(disclosure)).toMatchObject({ status: 204 })
    const { body } = await release(disclosure)
    await until(disclosure, 'ready')
    const { bytes: fetched } = await fetchLink(body['link'] as string)

    const wav = await copies.play(recording)
    const played = wav.subarray(44)
    const lanes = ([0, 1] as const).map((lane) => Int16Array.from(samplesOf(wav, lane, 0, wholeMs)))
    const sequences = new Set([
      ...sequencesOf(played, 4),
      ...lanes.flatMap((lane) => sequencesOf(Buffer.from(lane.buffer), 2)),
      ...lanes.flatMap((lane) => sequencesOf(Buffer.from(linearToAlaw(lane)), 1)),
      ...[sealed.header, sealed.body].flatMap((bytes) => sequencesOf(bytes.subarray(ageIntro.length), 1)),
    ])
    // Control: the sequences are found where they exist.
    expect(sequences.size).toBeGreaterThan(10_000)
    expect(findSequences(Buffer.concat([Buffer.from('x'), played]), sequences)).toHaveLength(3)

    const archive = await archiveIn(fetched, instituteKeys.identity)
    const files = [...unzip(archive), ['archive', archive], ['fetched', fetched]] as const
    const removed = ['Matti', 'Virtanen'].map((value) => ({ kind: 'text' as const, value }))
    const secrets = [...removed, { kind: 'number' as const, value: '040 123 4567' }]
    for (const [name, bytes] of files)
      expect({ name, found: findSequences(bytes, sequences), left: findLeaks(bytes, secrets) }).toEqual({
        ...{ name, found: [], left: [] },
      })
    expect(files.map(([name]) => name.split('.').at(-1))).toContain(format.toLowerCase())
  },
)
