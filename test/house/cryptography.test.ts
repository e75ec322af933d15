/**
 * The cryptographic inventory (docs/operate/cryptography.md) is complete: exactly the algorithms named in the source
 * have a row.
 */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')
const sources = globSync('src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))
const rows = read('docs/operate/cryptography.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
const listed = new Map(rows.map(([, name = '', , location = '']) => [name.replaceAll('`', ''), location]))

/** Calls that pass an algorithm's name to node:crypto; `${...}` in the name is the length of a key. */
const calls = [
  /\b(?:createHash|createHmac|hash|hkdfSync|generateKeyPairSync|createCipheriv|createDecipheriv)\(\s*['"`]([\w${}.* -]+?)['"`]/g,
  /['"`](aes-\d+-[a-z]+|chacha20-poly1305)['"`]/g,
  /\b(pbkdf2Sync|scrypt|hashRaw|diffieHellman)\(/g,
]
const nameOf = (call: string, name: string) =>
  call.includes('createHmac') || call.includes('hkdf')
    ? `${call.includes('hkdf') ? 'hkdf' : 'hmac'}-${name}`
    : name.replace(/\$\{[^}]*\}/, 'N')

function algorithmsUsed(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const path of sources) {
    const text = read(path)
    if (!/node:crypto|argon2/.test(text)) continue
    for (const pattern of calls) {
      for (const [call, name = ''] of text.matchAll(pattern)) {
        const algorithm = nameOf(call, name)
        found.set(algorithm, (found.get(algorithm) ?? new Set()).add(path))
      }
    }
  }
  return found
}

test('every algorithm that the source names is in the inventory, and every row is used', () => {
  const found = algorithmsUsed()
  expect(found.size).toBeGreaterThan(10)
  expect([...found.keys()].sort()).toEqual([...listed.keys()].sort())
})

test('md5 and sha1 are named only where their protocols require them', () => {
  const found = algorithmsUsed()
  expect([...found.get('md5')!]).toEqual(['src/platform/objects/s3-store.ts'])
  expect([...found.get('sha1')!].sort()).toEqual([
    'src/app/cli/recogniser/whisper-model.ts',
    'src/capture/srtp/hmac-sha1.ts',
  ])
})
