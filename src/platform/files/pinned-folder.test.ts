import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { destroyFolder } from './destroy-folder.ts'
import { inPinnedFolder } from './pinned-folder.ts'

const folder = await realpath(await mkdtemp(join(tmpdir(), 'own-')))
afterAll(() => rm(folder, { recursive: true }))

test.runIf(process.platform === 'linux')(
  'a folder that a link replaces during the work is still the one that was opened',
  async () => {
    const [own, theirs] = [join(folder, 'own'), join(folder, 'theirs')]
    for (const path of [own, theirs]) {
      await mkdir(path)
      await writeFile(join(path, 'file'), path)
    }
    await inPinnedFolder(own, async ({ at }) => {
      await rename(own, join(folder, 'was'))
      await symlink(theirs, own)
      expect(await readFile(at('file'), 'utf8')).toBe(own)
      await unlink(at('file'))
    })
    expect(await readdir(theirs)).toEqual(['file'])
    await expect(inPinnedFolder(own, () => Promise.resolve())).rejects.toThrow('is a link to another place')
    await expect(inPinnedFolder(join(own, '..', 'own'), () => Promise.resolve())).rejects.toThrow(
      'is a link to another place',
    )
  },
)

test('a folder is destroyed with its contents, also if named by a link, and targets of links inside stay', async () => {
  const [old, link, kept] = ['old', 'link', 'kept'].map((name) => join(folder, name)) as [string, string, string]
  await mkdir(join(old, 'a', 'b'), { recursive: true })
  await mkdir(kept)
  await writeFile(join(old, 'a', 'b', 'c'), 'sealed')
  await writeFile(join(kept, 'file'), 'kept')
  await symlink(kept, join(old, 'a', 'elsewhere'))
  await symlink(old, link)
  expect(await destroyFolder(link)).toEqual({ files: 1, bytes: 6 })
  for (const path of [old, link]) await expect(lstat(path)).rejects.toThrow('ENOENT')
  expect(await readFile(join(kept, 'file'), 'utf8')).toBe('kept')
  expect(await destroyFolder(link)).toEqual({ files: 0, bytes: 0 })
})
