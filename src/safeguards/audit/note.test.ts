import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  cosign,
  makeSigner,
  readCheckpoint,
  readVerifierKey,
  signCheckpoint,
  signedBy,
  writeVerifierKey,
} from './note.ts'

const newKey = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
const checkpoint = { origin: 'seloste/lupavirasto/9f2c61d0', size: 1042, root: Buffer.alloc(32, 7) }

describe('a signed note', () => {
  test('that is the example of C2SP signed-note is verified with its key', () => {
    const key = readVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const line =
      '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM='
    const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64')
    const signature = { name: 'example.com/foo', id: bytes.subarray(0, 4), signature: bytes.subarray(4), line }
    const note = { text: 'This is an example message.\n', signatures: [signature] }
    expect(key && signedBy(key, note)).toEqual({ line })
    expect(key && signedBy(key, { ...note, text: 'This is an example message!\n' })).toBe('wrong')
  })

  test('is read with its signer, and its signature does not fit changed text', () => {
    const signer = makeSigner(checkpoint.origin, newKey(), 'note')
    const key = readVerifierKey(writeVerifierKey(signer))
    const note = signCheckpoint(signer, checkpoint)
    const read = readCheckpoint(note)
    expect(read).toMatchObject(checkpoint)
    expect(key && read && signedBy(key, read)).toEqual({ line: note.split('\n').at(-2) })
    const changed = readCheckpoint(note.replace('1042', '1043'))
    expect(key && changed && signedBy(key, changed)).toBe('wrong')
    const stranger = makeSigner('somebody/else', newKey(), 'note')
    expect(read && signedBy(stranger, read)).toBe('none')
  })

  test('carries cosignatures with their time', () => {
    const log = makeSigner(checkpoint.origin, newKey(), 'note')
    const witness = makeSigner('witness.example/w1', newKey(), 'cosignature')
    const note = signCheckpoint(log, checkpoint)
    const text = readCheckpoint(note)?.text ?? ''
    const cosigned = readCheckpoint(`${note}${cosign(witness, text, 1_700_000_000)}\n`)
    expect(cosigned && signedBy(witness, cosigned)).toMatchObject({ seconds: 1_700_000_000 })
    expect(cosigned && signedBy(log, cosigned)).toMatchObject({ line: expect.any(String) })
    const other = { ...cosigned, text: text.replace('1042', '1041'), signatures: cosigned?.signatures ?? [] }
    expect(signedBy(witness, other)).toBe('wrong')
  })

  test.each([
    ['no empty line', 'origin\n1\n'],
    ['no size', 'origin\nx\nAAAA\n\n— a AAAAAAAA\n'],
    ['a size with zeroes in front', `origin\n01\n${Buffer.alloc(32).toString('base64')}\n\n— a AAAAAAAA\n`],
    ['a root of another length', 'origin\n1\nAAAA\n\n— a AAAAAAAA\n'],
    ['a control character', `ori\rgin\n1\n${Buffer.alloc(32).toString('base64')}\n\n— a AAAAAAAA\n`],
    ['a line that is not a signature', `origin\n1\n${Buffer.alloc(32).toString('base64')}\n\nhello\n`],
    ['no line end', `origin\n1\n${Buffer.alloc(32).toString('base64')}\n\n— a AAAAAAAA`],
  ])('is invalid with %s', (_what, note) => {
    expect(readCheckpoint(note)).toBeUndefined()
  })

  test.each([
    '',
    'name',
    'name+00000000+AAAA',
    'example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  ])('cannot be verified with an invalid key: "%s"', (text) => {
    expect(readVerifierKey(text)).toBeUndefined()
  })
})
