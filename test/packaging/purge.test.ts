// Removing all data ends with the keys: not even the disk's blocks have them (docs/operate/install.md).
import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a purge overwrites the key files in place before it deletes them', () => {
  const root = mkdtempSync(join(tmpdir(), 'purge-'))
  const keys = join(root, 'var/lib/seloste/custodian/keys')
  mkdirSync(keys, { recursive: true })
  mkdirSync(join(root, 'etc/seloste'), { recursive: true })
  const key = Buffer.alloc(32, 7)
  writeFileSync(join(keys, 'month-2027-01.v1.key'), key, { mode: 0o400 })
  // The other name keeps the blocks of the file, as a raw disk does.
  linkSync(join(keys, 'month-2027-01.v1.key'), join(root, 'blocks'))
  writeFileSync(join(root, 'etc/seloste/destroy-all-data-on-purge'), 'destroy all data\n')
  const script = readFileSync(new URL('../../packaging/deb/postrm', import.meta.url), 'utf8')
  const scriptForFolder = script.replace(/\/(var\/lib|var\/cache|etc|run)\//g, `${root}/$1/`)
  execFileSync('/bin/sh', ['-s', 'purge'], { input: scriptForFolder })
  // shred leaves the file writable and no longer readable.
  chmodSync(join(root, 'blocks'), 0o600)
  expect(readFileSync(join(root, 'blocks')).includes(key.subarray(0, 16))).toBe(false)
  expect(execFileSync('ls', [join(root, 'var/lib')], { encoding: 'utf8' })).toBe('')
})
